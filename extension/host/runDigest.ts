// What the sidebar keeps of a run's events: a few numbers a step, however large its slope measurements are.
// Free of VS Code.
import type { RunEvent } from '../shared/run';

export interface LossPoint {
  step: number;
  loss: number;
}

interface Accuracy {
  step: number;
  task: string;
  accuracy: number;
  n: number;
}

export class RunDigest {
  losses: LossPoint[] = [];
  validationLosses: LossPoint[] = [];
  private slopes: { step: number; slope: number | null }[] = [];
  private told: { step: number; message: string }[] = [];
  private answered: Accuracy[] = [];

  constructor(events: readonly RunEvent[] = []) {
    this.add(events);
  }

  /** The last word on each task. */
  get accuracies(): { task: string; accuracy: number; n: number }[] {
    const byTask = new Map(
      this.answered.map(({ task, accuracy, n }) => [task, { task, accuracy, n }]),
    );
    return [...byTask.values()];
  }

  get warnings(): string[] {
    return this.told.map(({ message }) => message);
  }

  lossAt(step: number): number | null {
    return find(this.losses, step)?.loss ?? null;
  }

  validationLossAt(step: number): number | null {
    return find(this.validationLosses, step)?.loss ?? null;
  }

  slopeAt(step: number): number | null {
    return find(this.slopes, step)?.slope ?? null;
  }

  add(events: readonly RunEvent[]): void {
    for (const event of events) this.addOne(event);
  }

  private addOne(event: RunEvent): void {
    switch (event.type) {
      case 'step':
        this.losses.push({ step: event.step, loss: event.loss });
        return;
      case 'eval':
        this.validationLosses.push({ step: event.step, loss: event.loss });
        return;
      case 'slope': {
        const slope = event.fits.find(({ module }) => module === 'all')?.slope ?? null;
        this.slopes.push({ step: event.step, slope });
        return;
      }
      case 'accuracy': {
        const { step, task, accuracy, n } = event;
        this.answered.push({ step, task, accuracy, n });
        return;
      }
      case 'warning':
        this.told.push({ step: event.step ?? 0, message: event.message });
        return;
      case 'resumed':
        this.forgetAfter(event.step);
        return;
      case 'checkpoint':
      case 'failure':
        return;
    }
  }

  /** The trainer went on from an earlier checkpoint: what came after it is void. */
  private forgetAfter(last: number): void {
    const keep = <T extends { step: number }>(all: T[]): T[] =>
      all.filter(({ step }) => step <= last);
    this.losses = keep(this.losses);
    this.validationLosses = keep(this.validationLosses);
    this.slopes = keep(this.slopes);
    this.told = keep(this.told);
    this.answered = keep(this.answered);
  }
}

/** Steps ascend. */
function find<T extends { step: number }>(all: readonly T[], step: number): T | undefined {
  let low = 0;
  let high = all.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = all[middle];
    if (found === undefined) return undefined;
    if (found.step === step) return found;
    if (found.step < step) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}
