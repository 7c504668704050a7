// What each small multiple shows: points by run and step, the fits, and the range of its axes.
import { sortedTypes } from '../../extension/shared/modules';
import { allModules } from '../../extension/shared/slopeFits';
import type { Domain } from '../../extension/shared/slopes/plot';
import type { SlopeSample } from '../../extension/shared/slopes/samples';
import type { LineFit, SampleSpan } from '../../extension/shared/slopes/stepFits';
import { paddedRange, rangeOf, union, type Range } from '../../extension/shared/slopes/ticks';
import { changeAt, shownModules, type Filter, type Series, type SeriesModule } from './series';
import { spansOf, type Scope } from './timeline';

/** A run's modules at one step. */
export interface PointGroup {
  /** The same for the same points. */
  key: string;
  /** Of the run. */
  index: number;
  step: number;
  /** ΔD and ΔM in turns. */
  values: number[];
  modules: SeriesModule[];
  x: Range | undefined;
  y: Range | undefined;
}

export interface SeriesFit extends LineFit {
  series: Series;
  /** The correlation at the last of several steps alone; null where there is none, or no other. */
  alone: number | null;
  /** Of the ΔD that it is fitted over. */
  along: Range | undefined;
}

export interface PlotModel {
  /** A module type, or all. */
  type: string;
  domain: Domain;
  /** Earlier steps that count, the earliest first. */
  history: PointGroup[];
  /** The step that is shown. */
  current: PointGroup[];
  fits: SeriesFit[];
}

export interface PlotRequest {
  scope: Scope;
  step: number;
  filter: Filter;
  /** One range for all plots. */
  sameScale: boolean;
}

/** The types that the runs have, in the order of a layer. */
export function typesOf(series: readonly Series[]): string[] {
  return sortedTypes(series.flatMap(({ modules }) => modules.map(({ type }) => type)));
}

/** A plot a type and one of all of them. */
export function makePlots(series: readonly Series[], request: PlotRequest): PlotModel[] {
  const { hidden } = request.filter;
  const types = typesOf(series).filter((type) => !hidden.includes(type));
  const shown = types.length === 1 ? types : [...types, allModules];
  const plots = shown.map((type) => makePlot(series, type, request));
  return request.sameScale ? withOneScale(plots) : plots;
}

export function makePlot(series: readonly Series[], type: string, request: PlotRequest): PlotModel {
  const { scope, step, filter } = request;
  const history: PointGroup[] = [];
  const current: PointGroup[] = [];
  const fits: SeriesFit[] = [];
  let x: Range | undefined;
  let y: Range | undefined;
  for (const one of series) {
    const modules = shownModules(one, type, filter);
    const spans = spansOf(scope, one, step);
    const groups = spans.flatMap((span) => groupsOf(one, span, modules, keyOf(type, filter)));
    const last = groups.pop();
    history.push(...groups);
    if (last !== undefined) current.push(last);
    // Axes stand still while steps go by; those of one step alone close in on it.
    const measured = scope === 'step' ? spans : [{ from: 0, to: one.run.samples.length }];
    for (const span of measured) {
      for (const group of groupsOf(one, span, modules, keyOf(type, filter))) {
        x = union(x, group.x);
        y = union(y, group.y);
      }
    }
    const along = [...groups, ...(last === undefined ? [] : [last])].reduce<Range | undefined>(
      (all, group) => union(all, group.x),
      undefined,
    );
    const fit = fitOf(one, { type, modules, spans, scope, filter });
    const alone = scope === 'step' ? null : aloneOf(one, modules, spans);
    fits.push({ ...fit, series: one, alone, along });
  }
  history.sort((a, b) => a.step - b.step || a.index - b.index);
  return { type, domain: { x: paddedRange(x), y: paddedRange(y) }, history, current, fits };
}

interface FitRequest {
  type: string;
  modules: readonly SeriesModule[];
  spans: readonly SampleSpan[];
  scope: Scope;
  filter: Filter;
}

function fitOf(series: Series, request: FitRequest): LineFit {
  const { type, modules, spans, scope, filter } = request;
  // The run's own fits of a step resample its points; fits over steps resample layers.
  const groups = new Map<number, unknown>(
    modules.map(({ place, name, layer }) => [place, scope === 'step' ? place : (layer ?? name)]),
  );
  const isWhole = filter.layers.length === 0 && (type !== allModules || filter.hidden.length === 0);
  const [span] = spans;
  const own =
    scope === 'step' && isWhole && span !== undefined
      ? series.run.samples[span.from]?.fits.find(({ module }) => module === type)
      : undefined;
  if (own !== undefined) return { ...series.sums.line(groups, spans), ...own };
  return series.sums.fit(type, groups, spans);
}

function aloneOf(
  { sums }: Series,
  modules: readonly SeriesModule[],
  spans: readonly SampleSpan[],
): number | null {
  const last = spans.at(-1);
  const counted = spans.reduce((sum, { from, to }) => sum + to - from, 0);
  if (last === undefined || counted < 2) return null;
  const places = new Map(modules.map(({ place }) => [place, place]));
  return sums.line(places, [{ from: last.to - 1, to: last.to }]).correlation;
}

/** Points of a sample are made once for each type and filter. */
const made = new WeakMap<SlopeSample, Map<string, PointGroup>>();

function groupsOf(
  series: Series,
  { from, to }: SampleSpan,
  modules: readonly SeriesModule[],
  key: string,
): PointGroup[] {
  return series.run.samples.slice(from, to).map((sample) => {
    const known = made.get(sample) ?? new Map<string, PointGroup>();
    made.set(sample, known);
    const own = `${key} ${series.index}`;
    const group = known.get(own) ?? makeGroup(series, sample, modules, own);
    known.set(own, group);
    return group;
  });
}

function makeGroup(
  { index }: Series,
  sample: SlopeSample,
  modules: readonly SeriesModule[],
  key: string,
): PointGroup {
  const across: number[] = [];
  const up: number[] = [];
  const values: number[] = [];
  const present: SeriesModule[] = [];
  for (const module of modules) {
    const change = changeAt(sample, module.place);
    if (change === undefined) continue;
    across.push(change.deltaD);
    up.push(change.deltaM);
    values.push(change.deltaD, change.deltaM);
    present.push(module);
  }
  const { step } = sample;
  const ranges = { x: rangeOf(across), y: rangeOf(up) };
  return { key: `${key} ${step}`, index, step, values, modules: present, ...ranges };
}

function keyOf(type: string, { hidden, layers }: Filter): string {
  return JSON.stringify([type, type === allModules ? hidden : [], layers]);
}

function withOneScale(plots: PlotModel[]): PlotModel[] {
  const domain = plots
    .filter(({ current }) => current.some(({ values }) => values.length > 0))
    .map((plot) => plot.domain)
    .reduce<Domain | undefined>(
      (all, one) =>
        all === undefined
          ? one
          : { x: union(all.x, one.x) ?? one.x, y: union(all.y, one.y) ?? one.y },
      undefined,
    );
  return domain === undefined ? plots : plots.map((plot) => ({ ...plot, domain }));
}
