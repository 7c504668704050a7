// The plan of a run's memory against what is free, before anything is loaded: it goes on as it was asked for, in less memory, or
// is refused with one sentence.
import type { ExperimentSettings } from '../../shared/experiment';
import { Failure } from '../../shared/failures';
import { totalBytes } from '../../shared/inspection';
import { sizeText } from '../../shared/timeText';
import type { EngineReserve, MemoryRoom } from '../addon';
import type { PreparedRun } from '../prepareTraining';
import { trainedModel } from '../trainedParts';
import { fittingText, smallerFittings, type Fitting } from './fittings';
import { estimateMemory, passBytes, weightBytes, type RunSize } from './memoryEstimate';
import { longestBatch } from './packedSize';

export interface FittedRun {
  prepared: PreparedRun;
  reserve: EngineReserve;
  /** What is other than asked for, in a sentence. */
  notice: string | undefined;
}

/** What a step of the largest micro-batch needs. */
interface Plan {
  fitting: Fitting;
  size: RunSize;
  neededBytes: number;
}

/** Boundaries that the allocations of a device are rounded up to. */
const boundariesBytes = 2 ** 20;
/** A device gives whole pages. */
const pageBytes = 2 * 2 ** 20;

/** `asked` is what the experiment says; `prepared` may be as an earlier start of the run was fitted. */
export function fitRun(prepared: PreparedRun, room: MemoryRoom, asked: Fitting): FittedRun {
  const { training } = prepared.settings;
  const free = freeBytes(room);
  const longest = planOf(prepared, room, training);
  if (fits(longest, free)) return as(prepared, room, longest);
  const wanted = planOf(prepared, room, training, true);
  if (fits(wanted, free)) return as(prepared, room, wanted);
  let plan = wanted;
  for (const fitting of smallerFittings(training, isLessStored(wanted))) {
    if (training.whenMemoryIsShort === 'refuse') break;
    plan = planOf(prepared, room, fitting, true);
    if (!fits(plan, free)) continue;
    const notice = noticeOf(wanted.neededBytes, room, fittingText(fitting, asked));
    return { ...as(prepared, room, plan), notice };
  }
  throw shortage(plan.neededBytes, room, training);
}

/** Whether weights that nobody trains take less as they lie in their files. */
function isLessStored({ size: { model, place } }: Plan): boolean {
  return weightBytes({ ...model, keepsStored: true }, place) < weightBytes(model, place);
}

/** Undefined where nobody knows. What the process has already is part of the plan where it is the host's. */
function freeBytes({ freeBytes: free, isHost }: MemoryRoom): number | undefined {
  if (free === null) return undefined;
  return isHost ? free + process.memoryUsage.rss() : free;
}

function fits({ neededBytes }: Plan, free: number | undefined): boolean {
  return free === undefined || neededBytes <= free;
}

/** With the longest records that may come, or, `measured`, the longest micro-batch of the whole run. */
function planOf(
  { settings, folder, data, ...parts }: PreparedRun,
  place: MemoryRoom,
  fitting: Fitting,
  measured = false,
): Plan {
  const training = { ...settings.training, ...fitting };
  const size: RunSize = {
    model: trainedModel({ ...settings, training }, folder, parts),
    place,
    batch: measured ? data.largestBatch(fitting) : longestBatch(fitting.batchSize, settings.data),
    generations: [],
    records: data.records,
    tokens: 0,
    vocabulary: folder.shape.vocabulary,
  };
  const bytes = totalBytes(estimateMemory(size));
  const neededBytes = place.isHost ? bytes : bytes + boundariesBytes + pageBytes;
  return { fitting, size, neededBytes };
}

function as(prepared: PreparedRun, room: MemoryRoom, plan: Plan): FittedRun {
  return {
    prepared: fitted(prepared, plan.fitting),
    reserve: reserveOf(plan, room),
    notice: undefined,
  };
}

function reserveOf({ size, neededBytes }: Plan, { isHost }: MemoryRoom): EngineReserve {
  if (isHost) return { all: 0, saved: 0, scratch: 0 };
  const { saved, scratch } = passBytes(size);
  return { all: neededBytes - pageBytes, saved, scratch };
}

/** The same run, computed so. */
export function fitted(prepared: PreparedRun, fitting: Fitting): PreparedRun {
  const { settings, data } = prepared;
  const training = { ...settings.training, ...fitting };
  return { ...prepared, settings: { ...settings, training }, data: data.inBatches(fitting) };
}

function shortage(
  neededBytes: number,
  { isHost, freeBytes: free, totalBytes: total }: MemoryRoom,
  { batchSize, whenMemoryIsShort }: ExperimentSettings['training'],
): Failure {
  const isShrunk = whenMemoryIsShort === 'shrink';
  const sizes = { neededBytes, freeBytes: free ?? 0, totalBytes: total };
  return new Failure('memory-short', { ...sizes, isHost, batchSize, isShrunk });
}

function noticeOf(neededBytes: number, room: MemoryRoom, told: string): string {
  const of = room.isHost ? 'of memory' : "of the GPU's memory";
  return `The run would need ${sizeText(neededBytes)} ${of} and ${sizeText(room.freeBytes ?? 0)} are free, so it ${told}.`;
}
