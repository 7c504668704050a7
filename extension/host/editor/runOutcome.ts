// What the events of a run say about how it went: kept small while the run goes on. Free of VS Code.
import { effectiveEvents } from '../../shared/effectiveEvents';
import type { EventOf, RunEvent, SlopeFit } from '../../shared/run';
import { allModules } from '../../shared/slopeFits';
import type { PicturePoint } from '../../shared/slopes/slopeSvg';

export interface RunWarning {
  code: string;
  message: string;
  step: number | undefined;
  data: Record<string, unknown>;
}

export interface RunOutcome {
  /** The last word on each task. */
  accuracies: { task: string; accuracy: number }[];
  /** Over all modules, at the last measurement. */
  fit: SlopeFit | undefined;
  /** Modules at the measurements, from early to late. */
  points: PicturePoint[];
  /** Of the same code the last. */
  warnings: RunWarning[];
}

/** Points of a picture: more would only make it larger. */
const mostPoints = 250;

export class OutcomeReader {
  private events: RunEvent[] = [];

  /** `restarted`: earlier events are void. */
  add(events: readonly RunEvent[], restarted: boolean): void {
    const kept = events.filter(({ type }) => type !== 'step' && type !== 'eval');
    if (restarted) this.events = [];
    if (kept.length > 0) this.events = effectiveEvents([...this.events, ...kept]);
  }

  outcome(): RunOutcome {
    const accuracies = new Map(
      ofType(this.events, 'accuracy').map(({ task, accuracy }) => [task, { task, accuracy }]),
    );
    const slopes = ofType(this.events, 'slope');
    const warnings = new Map(
      ofType(this.events, 'warning').map(({ code, message, step, data = {} }) => [
        `${code} ${JSON.stringify(data)}`,
        { code, message, step, data },
      ]),
    );
    return {
      accuracies: [...accuracies.values()],
      fit: slopes.at(-1)?.fits.find(({ module }) => module === allModules),
      points: pointsOf(slopes),
      warnings: [...warnings.values()],
    };
  }
}

/** Every measurement of a short run, some of a long one, the last always. */
function pointsOf(slopes: readonly EventOf<'slope'>[]): PicturePoint[] {
  const modules = slopes.at(-1)?.modules.length ?? 0;
  if (modules === 0) return [];
  const shown = Math.max(1, Math.floor(mostPoints / modules));
  const every = Math.max(1, Math.ceil(slopes.length / shown));
  const chosen = slopes.filter((_, i) => (slopes.length - 1 - i) % every === 0);
  return chosen.flatMap((slope, i) => {
    const age = chosen.length === 1 ? 1 : i / (chosen.length - 1);
    return slope.modules.map(({ deltaD, deltaM }) => ({ deltaD, deltaM, age }));
  });
}

function ofType<T extends RunEvent['type']>(events: readonly RunEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}
