// Steps that the page can show, which of them count, and how late each is.
import type { SampleSpan } from '../../extension/shared/slopes/stepFits';
import { isActive } from '../../extension/shared/runWords';
import { countUpTo, type Series } from './series';

/** Which steps a fit is over: one, the paper's number of checkpoints, or all of them, up to the step shown. */
export const scopes = ['step', 'four', 'all'] as const;
export type Scope = (typeof scopes)[number];

const checkpointsOfPaper = 4;

/** Every step that any run was measured at, in order. */
export function measuredSteps(series: readonly Series[]): number[] {
  const steps = new Set(series.flatMap(({ run }) => run.samples.map(({ step }) => step)));
  return [...steps].sort((a, b) => a - b);
}

/** The measured step at or before `wanted`, the last for null; undefined before the first measurement. */
export function shownStep(steps: readonly number[], wanted: number | null): number | undefined {
  if (wanted === null) return steps.at(-1);
  return steps.filter((step) => step <= wanted).at(-1) ?? steps[0];
}

/** The samples that count, as spans in their order; the last one is the step itself. */
export function spansOf(scope: Scope, series: Series, step: number): SampleSpan[] {
  const count = countUpTo(series, step);
  if (count === 0) return [];
  if (scope === 'all') return [{ from: 0, to: count }];
  const wanted = scope === 'step' ? 1 : Math.min(checkpointsOfPaper, count);
  const indices = Array.from(
    { length: wanted },
    (_, index) => Math.round(((index + 1) * count) / wanted) - 1,
  );
  return [...new Set(indices)].map((index) => ({ from: index, to: index + 1 }));
}

export interface Ages {
  first: number;
  last: number;
}

/** The planned end counts while a run goes on, so that no colour changes meanwhile. */
export function agesOf(series: readonly Series[]): Ages {
  const steps = measuredSteps(series);
  const planned = series.map(({ run: { state, steps: all } }) =>
    state !== undefined && isActive(state) ? all : 0,
  );
  return { first: steps[0] ?? 0, last: Math.max(steps.at(-1) ?? 0, ...planned) };
}

export function ageOf({ first, last }: Ages, step: number): number {
  return last <= first ? 1 : Math.max(0, Math.min(1, (step - first) / (last - first)));
}
