// What a trainer asks of its engine, counted: calls of the addon, each of which leaves JavaScript and comes back.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventWriter } from '../../extension/runs/eventWriter';
import { runPaths } from '../../extension/runs/runPaths';
import type { Engine } from '../../extension/trainer/addon';
import { openEngine } from '../../extension/trainer/openModel';
import { engineSpec, prepareTraining } from '../../extension/trainer/prepareTraining';
import { quantizedBase } from '../../extension/trainer/quantized/quantizedBase';
import { StatusBoard } from '../../extension/trainer/statusBoard';
import { TrainingRun } from '../../extension/trainer/trainingRun';
import { quantizationOf } from '../../extension/shared/experiment';
import { settingsWith } from '../bench/syntheticStep';

type Calls = Record<string, number>;

const starter = join(import.meta.dirname, '../../media/starter');
const steps = 3;
const reserve = { all: 0, saved: 0, scratch: 0 };

/** Of the last of three steps, and of the checkpoint that follows it. */
export async function callsOfTrainer(
  given: object,
): Promise<{ callsOfStep: Calls; callsOfCheckpoint: Calls }> {
  const folder = mkdtempSync(join(tmpdir(), 'adapter-lab-calls-'));
  try {
    mkdirSync(runPaths(folder).checkpoints);
    const parts = await callsByStep(folder, given);
    return { callsOfStep: parts.at(-2) ?? {}, callsOfCheckpoint: parts.at(-1) ?? {} };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Before the end of each step, and after that of the last. */
async function callsByStep(folder: string, given: object): Promise<Calls[]> {
  const read = await prepareTraining(settingsOf(given), join(starter, 'x'), () => ({ file: 'x' }));
  const quantization = quantizationOf(read.settings);
  const base = quantization && (await quantizedBase(read.folder, quantization, { threads: 0 }));
  const prepared = { ...read, folder: base ?? read.folder };
  const engine = await openEngine(prepared.folder, engineSpec(prepared, reserve));
  const parts: Calls[] = [{}];
  const counted = countCalls(engine, (name) => {
    const calls = parts.at(-1) ?? {};
    calls[name] = (calls[name] ?? 0) + 1;
  });
  const events = EventWriter.open(folder);
  const append = events.append.bind(events);
  events.append = (event) => {
    if (event.type === 'step') parts.push({});
    return append(event);
  };
  const status = new StatusBoard(folder);
  const evaluate = (): Promise<boolean> => Promise.resolve(true);
  const stop = new AbortController().signal;
  await new TrainingRun({
    ...{ folder, prepared, engine: counted, events, status, evaluate, stop },
  }).run();
  status.finish('done');
  events.close();
  await engine.dispose();
  return parts;
}

function settingsOf(given: object) {
  const { training, ...rest } = given as { training?: object };
  return settingsWith({
    ...{ model: 'model', data: { train: ['data/facts/train.json'], maxLength: 128 } },
    ...rest,
    training: { ...training, batchSize: 4, accumulation: 2, steps },
    samples: { records: 0 },
  });
}

function countCalls(engine: Engine, count: (name: string) => void): Engine {
  return new Proxy(engine, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      count(String(name));
      return value.bind(target) as unknown;
    },
  });
}
