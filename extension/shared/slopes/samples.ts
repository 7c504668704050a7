// A run's slopes as a page carries them: each module's name once, then two rows of numbers a step.
import type { EventOf, RunEvent, SlopeFit } from '../run';

export interface SlopeSample {
  step: number;
  /** One for each name of the run so far; null for a module that was not measured then. */
  deltaD: (number | null)[];
  deltaM: (number | null)[];
  /** Over the modules of this step. */
  fits: SlopeFit[];
}

export interface SampleNews {
  /** All of the run's, in the order of the numbers. */
  names: string[];
  /** Earlier samples of later steps are void: the run was resumed there, or began anew (-1). */
  keepTo: number | null;
  samples: SlopeSample[];
}

/** Figures of a float: more of them would only make the message longer. */
const figures = 7;

/** Turns events into samples; the place of a name stays the same. */
export class SampleTable {
  private readonly places = new Map<string, number>();

  add(events: readonly RunEvent[], restarted: boolean): SampleNews {
    let keepTo: number | null = restarted ? -1 : null;
    let samples: SlopeSample[] = [];
    for (const event of events) {
      if (event.type === 'slope') samples.push(this.sample(event));
      if (event.type !== 'resumed') continue;
      const { step } = event;
      samples = samples.filter((sample) => sample.step <= step);
      keepTo = keepTo === null ? step : Math.min(keepTo, step);
    }
    return { names: [...this.places.keys()], keepTo, samples };
  }

  private sample({ step, modules, fits }: EventOf<'slope'>): SlopeSample {
    const deltaD: (number | null)[] = Array.from(this.places, () => null);
    const deltaM = [...deltaD];
    for (const { name, ...change } of modules) {
      const place = this.places.get(name) ?? this.places.size;
      this.places.set(name, place);
      deltaD[place] = Number(change.deltaD.toPrecision(figures));
      deltaM[place] = Number(change.deltaM.toPrecision(figures));
    }
    return { step, deltaD, deltaM, fits };
  }
}

/** The samples a page has, with what is new; a step measured twice counts as it was measured last. */
export function joinSamples(known: readonly SlopeSample[], news: SampleNews): SlopeSample[] {
  const { keepTo, samples } = news;
  const again = new Set(samples.map(({ step }) => step));
  const kept = known.filter(({ step }) => (keepTo === null || step <= keepTo) && !again.has(step));
  const last = new Map(samples.map((sample) => [sample.step, sample]));
  return [...kept, ...last.values()].sort((a, b) => a.step - b.step);
}
