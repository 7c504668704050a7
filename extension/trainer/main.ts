// The trainer process: node dist/trainer.js RUN_FOLDER. It owns the folder while it runs; whoever wants to
// know how it goes reads the folder.
import { resolve } from 'node:path';
import type { ModelFolder } from '../model/folder';
import { quantizationOf } from '../shared/experiment';
import { Failure } from '../shared/failures';
import type { FailureRecord } from '../shared/run';
import { removeUnfinished } from '../runs/atomicFile';
import { clearControl } from '../runs/control';
import { listCheckpoints, removeUnfinishedCheckpoints } from '../runs/checkpoints';
import { EventWriter } from '../runs/eventWriter';
import { acquireLock } from '../runs/lock';
import { readRunOrFail } from '../runs/runFolder';
import { runPaths } from '../runs/runPaths';
import type { AdapterModule } from './addon';
import { withAverages } from './averages';
import { chooseDevice, deviceNotice, type DeviceWish } from './devices/chooseDevice';
import { LostGpu } from './devices/lostGpu';
import { asFailure } from './engineFailure';
import { evaluateRun } from './evaluateRun';
import { fitAtStart } from './memory/fitAtStart';
import { openEngine, writeValues } from './openModel';
import { engineSpec, prepareTraining, type PreparedRun } from './prepareTraining';
import { withPrincipalPairs } from './principalPair';
import { quantizedBase } from './quantized/quantizedBase';
import { StatusBoard } from './statusBoard';
import { TrainingRun, type Ending } from './trainingRun';

async function main(folder: string): Promise<void> {
  const lock = acquireLock(folder);
  const status = new StatusBoard(folder);
  const events = EventWriter.open(folder);
  try {
    const ending = await train(folder, status, events);
    status.finish(ending === 'done' ? 'done' : 'stopped');
  } catch (error) {
    report(recordOf(error, folder), { status, events });
    process.exitCode = 1;
  } finally {
    events.close();
    lock.release();
  }
}

async function train(folder: string, status: StatusBoard, events: EventWriter): Promise<Ending> {
  // Stopping by signal saves a checkpoint, as stopping by control/stop does.
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop.abort();
    });
  }
  clearControl(folder, performance.timeOrigin);
  // Of an earlier trainer that was killed.
  removeUnfinishedCheckpoints(folder);
  removeUnfinished(runPaths(folder).status);
  const run = readRunOrFail(folder);
  status.change({ activity: 'reading model and data' });
  const placeOf = (): { file: string } => ({ file: run.experimentFile });
  const read = await prepareTraining(run.settings, run.experimentFile, placeOf);
  status.change({ activity: 'loading the model', steps: read.data.steps });
  const { device, gpu } = run.settings;
  warnOfDevice({ device, gpu }, events);
  const based = { ...read, folder: await openBase(read, status) };
  const { prepared, reserve } = await fitAtStart(based, { folder, events });
  const spec = engineSpec(prepared, reserve);
  const adapters = await withKnownPairs(prepared.adapters, folder);
  const engine = await openEngine(prepared.folder, { ...spec, adapters, device: { device, gpu } });
  if (prepared.initialValues) {
    await writeValues(engine, prepared.initialValues);
    // The engine has its own copy.
    prepared.initialValues.clear();
  }
  const evaluate = (step: number): Promise<boolean> =>
    withAverages(engine, run.settings.training.ema, () =>
      evaluateRun({ run, folder, prepared, engine, events, status }, step),
    );
  const parts = { folder, prepared, engine, events, status, evaluate, stop: stop.signal };
  const ending = await new TrainingRun(parts).run();
  const isComplete = ending !== 'done' || (await evaluate(prepared.data.steps));
  await engine.dispose();
  return isComplete ? ending : 'stopped';
}

/** A run that goes on has the principal pairs of its checkpoint. */
async function withKnownPairs(adapters: AdapterModule[], folder: string): Promise<AdapterModule[]> {
  const last = listCheckpoints(folder).at(-1);
  return last === undefined ? adapters : withPrincipalPairs(adapters, last.folder);
}

/** A GPU that is there and cannot be used is worth saying once a start; auto goes on without it. */
function warnOfDevice(wish: DeviceWish, events: EventWriter): void {
  const chosen = chooseDevice(wish);
  const message = deviceNotice(chosen);
  if (chosen.kind === 'cuda' || message === undefined) return;
  events.append({ type: 'warning', code: 'no-gpu', message });
}

/** The base as the method wants it: as it lies in its folder, or quantised. */
async function openBase(
  { settings, folder }: PreparedRun,
  status: StatusBoard,
): Promise<ModelFolder> {
  const quantization = quantizationOf(settings);
  if (quantization === undefined) return folder;
  const note = (activity: string): void => {
    status.change({ activity });
  };
  return quantizedBase(folder, quantization, { threads: settings.threads, note });
}

function recordOf(error: unknown, folder: string): FailureRecord {
  const failed = asFailure(error);
  const known = failed instanceof LostGpu ? failed.ofRun(folder) : failed;
  if (isFailure(known)) {
    return { code: known.code, message: known.message, data: { ...known.data } };
  }
  const message = known instanceof Error ? (known.stack ?? known.message) : String(known);
  return { code: 'internal', message };
}

function isFailure(error: unknown): error is Failure {
  return error instanceof Failure;
}

function report(
  failure: FailureRecord,
  { status, events }: { status: StatusBoard; events: EventWriter },
): void {
  console.error(failure.message);
  try {
    events.append({ type: 'failure', failure });
  } catch (error) {
    // A full disk has no room for the event; the log has the failure already.
    console.error(error instanceof Error ? error.message : error);
  }
  status.finish('failed', failure);
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Usage: node trainer.js RUN_FOLDER');
  process.exitCode = 2;
} else {
  main(resolve(folder)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
