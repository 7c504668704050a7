// A trainer's start: its run as the memory allows it, told once. A run that goes on does so as it began, so that it is the run
// that was never stopped.
import { readEvents } from '../../runs/eventReader';
import type { EventWriter } from '../../runs/eventWriter';
import type { RunEvent } from '../../shared/run';
import type { MemoryRoom } from '../addon';
import { engineAddon, type DeviceWish } from '../devices/chooseDevice';
import { asFailure } from '../engineFailure';
import type { PreparedRun } from '../prepareTraining';
import { fitRun, fitted, type FittedRun } from './fitRun';
import type { Fitting } from './fittings';

const code = 'memory-short';

export async function fitAtStart(
  asked: PreparedRun,
  { folder, events }: { folder: string; events: EventWriter },
): Promise<FittedRun> {
  const { training } = asked.settings;
  // No other run was ever made smaller: its events, which may be many, need not be read.
  const mayBeFitted = training.whenMemoryIsShort === 'shrink' && !events.isFirst;
  const begun = earlierFitting(mayBeFitted ? await readEvents(folder) : []);
  const prepared = begun === undefined ? asked : fitted(asked, begun);
  const run = fitRun(prepared, await memoryRoom(asked.settings), training);
  if (run.notice === undefined) return run;
  console.log(run.notice);
  const { batchSize, accumulation, activationCheckpointing, baseWeights } =
    run.prepared.settings.training;
  const data = { batchSize, accumulation, activationCheckpointing, baseWeights };
  events.append({ type: 'warning', code, message: run.notice, data });
  return run;
}

async function memoryRoom({ device, gpu }: DeviceWish): Promise<MemoryRoom> {
  try {
    return await engineAddon({ device, gpu }).memoryRoom();
  } catch (error) {
    throw asFailure(error);
  }
}

function earlierFitting(events: readonly RunEvent[]): Fitting | undefined {
  const told = events.filter((event) => event.type === 'warning' && event.code === code).at(-1);
  const data = told?.type === 'warning' ? told.data : undefined;
  if (data === undefined) return undefined;
  return {
    batchSize: Number(data.batchSize),
    accumulation: Number(data.accumulation),
    activationCheckpointing: data.activationCheckpointing === true,
    baseWeights: data.baseWeights === 'stored' ? 'stored' : 'f32',
  };
}
