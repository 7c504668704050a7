// What a run has told so far, as a page needs it: steps as columns, everything else as lists. The host makes it
// from events, the page from the host's changes; both end with the same.
import type { EventOf, FailureRecord, RunEvent, SlopeFit } from './run';
import {
  appendColumns,
  appendSteps,
  emptyColumns,
  keepRows,
  rowsFrom,
  rowsUpTo,
  type StepColumns,
  type StepFigures,
} from './stepColumns';

/** Of the module types and of all together; the points themselves are the slope page's. */
export interface SlopeRecord {
  step: number;
  fits: SlopeFit[];
}

/** Modules whose rank is another than was told last. */
export interface RankRecord {
  step: number;
  modules: { name: string; rank: number }[];
}

export interface RunLists {
  evals: { step: number; loss: number; tokens: number }[];
  slopes: SlopeRecord[];
  /** AdaLoRA's. */
  ranks: RankRecord[];
  checkpoints: { step: number; folder: string; sizeBytes: number }[];
  accuracies: { step: number; task: string; n: number; accuracy: number; seconds: number }[];
  samples: { step: number; samples: { prompt: string; text: string }[] }[];
  warnings: { step: number | undefined; code: string; message: string }[];
  failures: { step: number | undefined; failure: FailureRecord }[];
}

export interface RunHistory extends RunLists {
  steps: StepColumns;
}

type ListName = keyof RunLists;
type Lengths = Record<ListName | 'steps', number>;

/** From one history to a later one: so much stays, the rest is added. */
export interface HistoryChange {
  kept: Lengths;
  added: RunHistory;
}

const listNames = [
  'evals',
  'slopes',
  'ranks',
  'checkpoints',
  'accuracies',
  'samples',
  'warnings',
  'failures',
] as const satisfies readonly ListName[];
const allNames = ['steps', ...listNames] as const;

export function emptyHistory(): RunHistory {
  return { steps: emptyColumns(), ...emptyLists() };
}

/** A run's history while its events are read. */
export class HistoryBuilder {
  private current = emptyHistory();
  private told = lengthsOf(this.current);
  /** What of that still stands. */
  private kept = lengthsOf(this.current);

  get history(): RunHistory {
    return this.current;
  }

  /** The file was replaced: nothing told before counts. */
  restart(): void {
    const generation = this.current.steps.generation + 1;
    this.current = { ...emptyHistory(), steps: emptyColumns(generation) };
    this.kept = lengthsOf(this.current);
  }

  add(events: readonly RunEvent[]): void {
    let steps: StepFigures[] = [];
    const takeSteps = (): void => {
      if (steps.length > 0) this.current.steps = appendSteps(this.current.steps, steps);
      steps = [];
    };
    for (const event of events) {
      if (event.type === 'step') {
        steps.push(event);
        continue;
      }
      takeSteps();
      if (event.type === 'resumed') this.goBackTo(event.step);
      else addToList(this.current, event);
    }
    takeSteps();
  }

  /** Everything since the last call; undefined for nothing. */
  takeChange(): HistoryChange | undefined {
    const { current, told, kept } = this;
    const now = lengthsOf(current);
    const isSame = allNames.every((name) => told[name] === kept[name] && now[name] === kept[name]);
    const change = isSame ? undefined : changeSince(current, kept);
    this.told = now;
    this.kept = { ...now };
    return change;
  }

  /** A resumed run made void what was told of later steps. */
  private goBackTo(step: number): void {
    const { current } = this;
    current.steps = keepRows(current.steps, rowsUpTo(current.steps, step));
    for (const name of listNames) keepUpTo(current, name, step);
    const lengths = lengthsOf(current);
    for (const name of allNames) {
      this.kept[name] = Math.min(this.kept[name], lengths[name]);
    }
  }
}

/** A copy of everything, without spare room: for sending. */
export function wholeHistory(history: RunHistory): RunHistory {
  return changeSince(history, lengthsOf(emptyHistory())).added;
}

export function changed(history: RunHistory, { kept, added }: HistoryChange): RunHistory {
  const join = <T>(old: readonly T[], length: number, more: readonly T[]): T[] =>
    length === old.length && more.length === 0 ? (old as T[]) : [...old.slice(0, length), ...more];
  return {
    steps: appendColumns(keepRows(history.steps, kept.steps), added.steps),
    evals: join(history.evals, kept.evals, added.evals),
    slopes: join(history.slopes, kept.slopes, added.slopes),
    ranks: join(history.ranks, kept.ranks, added.ranks),
    checkpoints: join(history.checkpoints, kept.checkpoints, added.checkpoints),
    accuracies: join(history.accuracies, kept.accuracies, added.accuracies),
    samples: join(history.samples, kept.samples, added.samples),
    warnings: join(history.warnings, kept.warnings, added.warnings),
    failures: join(history.failures, kept.failures, added.failures),
  };
}

/** Other rows than before: what was derived of those is void. */
export function withSteps(history: RunHistory, steps: StepColumns): RunHistory {
  return { ...history, steps: { ...steps, generation: history.steps.generation + 1 } };
}

function changeSince(history: RunHistory, kept: Lengths): HistoryChange {
  return {
    kept: { ...kept },
    added: {
      steps: rowsFrom(history.steps, kept.steps),
      evals: history.evals.slice(kept.evals),
      slopes: history.slopes.slice(kept.slopes),
      ranks: history.ranks.slice(kept.ranks),
      checkpoints: history.checkpoints.slice(kept.checkpoints),
      accuracies: history.accuracies.slice(kept.accuracies),
      samples: history.samples.slice(kept.samples),
      warnings: history.warnings.slice(kept.warnings),
      failures: history.failures.slice(kept.failures),
    },
  };
}

function addToList(
  lists: RunLists,
  event: Exclude<RunEvent, EventOf<'step'> | EventOf<'resumed'>>,
): void {
  const { step } = event;
  switch (event.type) {
    case 'eval':
      lists.evals.push({ step: event.step, loss: event.loss, tokens: event.tokens });
      break;
    case 'slope':
      lists.slopes.push({ step: event.step, fits: event.fits });
      break;
    case 'ranks':
      lists.ranks.push({ step: event.step, modules: event.modules });
      break;
    case 'checkpoint':
      lists.checkpoints.push({
        step: event.step,
        folder: event.folder,
        sizeBytes: event.sizeBytes,
      });
      break;
    case 'accuracy': {
      const { task, n, accuracy, seconds } = event;
      lists.accuracies.push({ step: event.step, task, n, accuracy, seconds });
      break;
    }
    case 'sample':
      lists.samples.push({ step: event.step, samples: event.samples });
      break;
    case 'warning':
      lists.warnings.push({ step, code: event.code, message: event.message });
      break;
    case 'failure':
      lists.failures.push({ step, failure: event.failure });
      break;
  }
}

/** As `effectiveEvents` does it: what tells no step stays. */
function keepUpTo(
  lists: Record<ListName, { step: number | undefined }[]>,
  name: ListName,
  last: number,
): void {
  const kept = lists[name].filter(({ step }) => (step ?? 0) <= last);
  if (kept.length < lists[name].length) lists[name] = kept;
}

function lengthsOf(history: RunHistory): Lengths {
  return {
    steps: history.steps.length,
    evals: history.evals.length,
    slopes: history.slopes.length,
    ranks: history.ranks.length,
    checkpoints: history.checkpoints.length,
    accuracies: history.accuracies.length,
    samples: history.samples.length,
    warnings: history.warnings.length,
    failures: history.failures.length,
  };
}

function emptyLists(): RunLists {
  return {
    evals: [],
    slopes: [],
    ranks: [],
    checkpoints: [],
    accuracies: [],
    samples: [],
    warnings: [],
    failures: [],
  };
}
