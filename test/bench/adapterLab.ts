// Our side: the built command line on an experiment file, its events read from the run folder.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { observeCommand, ownCommand, runCommand } from './observedCommand';
import type { EventOf, RunEvent } from '../../extension/shared/run';
import type { StepResult, Work, WorkResult } from './work';

export interface OwnResult extends WorkResult {
  folder: string;
  /** Seconds from the command's start to the end of each step. */
  stepEnds: number[];
  /** Of the trainer, all that it used until the end of each step. */
  stepProcessorSeconds: number[];
}

/** `adapter-lab ARGS --json`: the parsed object. Fails with what the command said. */
export async function adapterLab(args: string[]): Promise<unknown> {
  return JSON.parse(await runCommand(ownCommand, [...args, '--json'])) as unknown;
}

function experimentOf(work: Work): object {
  const { model, data, method, adapter, batchSize, maxLength, steps } = work;
  const { learningRate, clipNorm, threads, seed, device = 'cpu', settings } = work;
  return {
    name: 'bench',
    model,
    data: {
      train: [data],
      validation: 0,
      template: 'paper',
      lossOn: 'all',
      maxLength,
      shuffle: false,
    },
    method,
    ...(adapter === null ? {} : { adapter: { initialAdapter: adapter } }),
    training: {
      batchSize,
      steps,
      learningRate,
      schedule: 'constant',
      warmupSteps: 0,
      clipNorm,
      seed,
    },
    ...{ threads, device },
    ...settings,
  };
}

function stepsOf(folder: string): EventOf<'step'>[] {
  const lines = readFileSync(join(folder, 'events.jsonl'), 'utf8').trim().split('\n');
  const events = lines.map((line) => JSON.parse(line) as RunEvent);
  return events.filter((event) => event.type === 'step');
}

/** From the end of the step before to its own: what lies between steps counts too. */
function wholeSeconds(steps: StepResult[], ends: number[]): StepResult[] {
  return steps.map((step, index) => {
    const seconds = index === 0 ? step.seconds : (ends[index] ?? NaN) - (ends[index - 1] ?? NaN);
    return { ...step, seconds };
  });
}

function deviceMemory(steps: EventOf<'step'>[]): Pick<WorkResult, 'peakBytes' | 'heldBytes'> {
  const most = (of: 'gpuBytes' | 'gpuHeldBytes'): number =>
    Math.max(...steps.map((step) => step[of] ?? NaN));
  return { peakBytes: most('gpuBytes'), heldBytes: most('gpuHeldBytes') };
}

/** Trains in a new folder inside `scratch`, by the command of this checkout or the one that is given. */
export async function trainHere(
  work: Work,
  scratch: string,
  command = ownCommand,
): Promise<OwnResult> {
  const home = mkdtempSync(join(scratch, 'ours-'));
  const file = join(home, 'bench.experiment.json');
  const runs = join(home, 'runs');
  mkdirSync(runs);
  writeFileSync(file, JSON.stringify(experimentOf(work)));
  const set = (work.set ?? []).flatMap((setting) => ['--set', setting]);
  const args = ['train', file, '--runs', runs, ...set, '--json'];
  const { output, startMs, processes } = await observeCommand(args, home, command);
  const result = JSON.parse(output) as { runs: { folder: string; state: string }[] };
  const run = result.runs[0];
  if (run?.state !== 'done') throw new Error(`The run in ${runs} is ${run?.state ?? 'missing'}.`);
  const trainer = processes.find(({ steps }) => steps.length > 0);
  if (trainer === undefined) throw new Error(`Nobody saw the steps of ${run.folder}.`);
  const steps = stepsOf(run.folder);
  const stepEnds = trainer.steps.map(({ endMs }) => (endMs - startMs) / 1000);
  return {
    steps: wholeSeconds(steps, stepEnds),
    ...(work.device === 'cuda' ? deviceMemory(steps) : { peakBytes: trainer.peakBytes }),
    folder: run.folder,
    stepEnds,
    stepProcessorSeconds: trainer.steps.map((step) => step.processorSeconds),
  };
}
