// Which ends of runs to tell, and when: one notice for the runs of an experiment that were at work together, a
// failure at once. Free of VS Code.
import type { RunState } from '../shared/run';
import { isActive, type RunView } from './runModel';

/** Runs of one experiment whose end is told together. */
export interface EndedRuns {
  done: RunView[];
  /** Those that are lost too. */
  failed: RunView[];
}

/** Between two runs of a queue nothing is at work for a moment; a queue that stands still for longer is told. */
export const settleMs = 5000;
const newsMs = 120_000;

interface Pass extends EndedRuns {
  hasToldFailure: boolean;
  quietSinceMs: number | undefined;
}

export class NoticeBoard {
  private readonly states = new Map<string, RunState>();
  private readonly passes = new Map<string, Pass>();

  /** `earlier`: runs that were at work when the window closed; of them only failures are told. */
  constructor(private readonly earlier: ReadonlySet<string>) {}

  /** True while something waits to be told that no change of a run may bring up. */
  get isWaiting(): boolean {
    return this.passes.size > 0;
  }

  /** What is to be told now, of all runs as they stand. */
  look(views: readonly RunView[], nowMs: number): EndedRuns[] {
    for (const view of views) this.note(view, nowMs);
    if (this.passes.size === 0) return [];
    return [...this.passes].flatMap(([key, pass]) => {
      const told = this.tell(
        pass,
        views.filter((view) => keyOf(view) === key),
        nowMs,
      );
      if (pass.done.length + pass.failed.length === 0 && !pass.hasToldFailure) {
        this.passes.delete(key);
      }
      return told;
    });
  }

  private note(view: RunView, nowMs: number): void {
    const { folder } = view;
    const { state } = view.status;
    const before = this.states.get(folder);
    this.states.set(folder, state);
    const wasAtWork = before === undefined ? this.earlier.has(folder) : isAtWork(before);
    if (!wasAtWork || (before === 'queued' && isOld(view, nowMs))) return;
    if (state === 'done' && before !== undefined) this.passOf(view).done.push(view);
    if (state === 'failed' || state === 'lost') this.passOf(view).failed.push(view);
  }

  private passOf(view: RunView): Pass {
    const key = keyOf(view);
    const pass = this.passes.get(key) ?? {
      done: [],
      failed: [],
      hasToldFailure: false,
      quietSinceMs: undefined,
    };
    this.passes.set(key, pass);
    return pass;
  }

  private tell(pass: Pass, runs: readonly RunView[], nowMs: number): EndedRuns[] {
    if (isOver(pass, runs, nowMs)) {
      const { done, failed } = pass;
      Object.assign(pass, { done: [], failed: [], hasToldFailure: false });
      return done.length + failed.length === 0 ? [] : [{ done, failed }];
    }
    if (pass.failed.length === 0 || pass.hasToldFailure) return [];
    const { failed } = pass;
    Object.assign(pass, { failed: [], hasToldFailure: true });
    return [{ done: [], failed }];
  }
}

function isOver(pass: Pass, runs: readonly RunView[], nowMs: number): boolean {
  if (runs.some(({ status }) => isActive(status.state))) {
    pass.quietSinceMs = undefined;
    return false;
  }
  if (!runs.some(({ status }) => status.state === 'queued')) return true;
  pass.quietSinceMs ??= nowMs;
  return nowMs - pass.quietSinceMs >= settleMs;
}

/** A folder that is copied here is taken for a waiting run until all of it has arrived: its end is old news. */
function isOld({ status }: RunView, nowMs: number): boolean {
  return nowMs - Date.parse(status.heartbeat) > newsMs;
}

export function isAtWork(state: RunState): boolean {
  return isActive(state) || state === 'queued';
}

/** Two experiments may have one name. */
function keyOf({ run }: RunView): string {
  return `${run.experimentFile} ${run.experiment}`;
}
