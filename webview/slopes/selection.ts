// One point of a plot, found by mouse or by keyboard, and the way its module went over the steps.
import { allModules } from '../../extension/shared/slopeFits';
import { xOf, yOf, type PlotFrame } from '../../extension/shared/slopes/plot';
import { valueText } from '../../extension/shared/slopes/ticks';
import type { Translate } from '../../extension/shared/translate';
import type { PlotModel, PointGroup } from './plots';
import { changeAt, type Series, type SeriesModule } from './series';

export interface PlotPoint {
  /** Of the run. */
  index: number;
  step: number;
  module: SeriesModule;
  deltaD: number;
  deltaM: number;
}

/** What is kept of a selection: the same layer is marked in every run and every plot. */
export interface Selection {
  name: string;
  type: string;
  layer: number | null;
}

const reachPixels = 12;

/** The nearest point within reach; of two equally near the later step. */
export function pointAt(
  plot: PlotModel,
  frame: PlotFrame,
  x: number,
  y: number,
): PlotPoint | undefined {
  let nearest = reachPixels ** 2;
  let found: { group: PointGroup; place: number } | undefined;
  for (const group of [...plot.history, ...plot.current]) {
    for (let place = 0; place < group.modules.length; place++) {
      const right = xOf(frame, group.values[2 * place] ?? 0) - x;
      const down = yOf(frame, group.values[2 * place + 1] ?? 0) - y;
      const distance = right * right + down * down;
      if (distance > nearest) continue;
      nearest = distance;
      found = { group, place };
    }
  }
  return found && pointOf(found.group, found.place);
}

function pointOf(group: PointGroup, place: number): PlotPoint | undefined {
  const module = group.modules[place];
  if (module === undefined) return undefined;
  const deltaD = group.values[2 * place] ?? 0;
  const deltaM = group.values[2 * place + 1] ?? 0;
  return { index: group.index, step: group.step, module, deltaD, deltaM };
}

/** The points of the step that is shown, which the arrow keys go through. */
export function currentPoints({ current }: PlotModel): PlotPoint[] {
  return current.flatMap((group) =>
    group.modules.flatMap((_, place) => pointOf(group, place) ?? []),
  );
}

const orders: Record<string, { by: 'deltaD' | 'deltaM'; move: 1 | -1 }> = {
  ArrowRight: { by: 'deltaD', move: 1 },
  ArrowLeft: { by: 'deltaD', move: -1 },
  ArrowUp: { by: 'deltaM', move: 1 },
  ArrowDown: { by: 'deltaM', move: -1 },
};

/** Left and right go along ΔD, up and down along ΔM; undefined for keys that move nothing. */
export function pointByKey(
  points: readonly PlotPoint[],
  active: PlotPoint | undefined,
  key: string,
): PlotPoint | undefined {
  if (key === 'Home' || key === 'End') {
    const sorted = [...points].sort((a, b) => a.deltaD - b.deltaD);
    return key === 'Home' ? sorted[0] : sorted.at(-1);
  }
  const order = orders[key];
  if (order === undefined) return undefined;
  const { by, move } = order;
  const sorted = [...points].sort((a, b) => a[by] - b[by]);
  const at = sorted.findIndex((point) => active !== undefined && isSame(point, active));
  if (at < 0) return move > 0 ? sorted[0] : sorted.at(-1);
  return sorted[Math.max(0, Math.min(sorted.length - 1, at + move))];
}

export function isSame(one: PlotPoint, other: PlotPoint): boolean {
  return one.index === other.index && one.module.name === other.module.name;
}

/** "layer 3 q_proj, step 200", "ΔD 0.01234, ΔM 0.0456" */
export function pointTexts(point: PlotPoint, t: Translate): [place: string, values: string] {
  const { module, step, deltaD, deltaM } = point;
  return [
    t('{0}, step {1}', moduleText(module, t), step),
    t('ΔD {0}, ΔM {1}', valueText(deltaD), valueText(deltaM)),
  ];
}

function moduleText({ layer, type, name }: SeriesModule, t: Translate): string {
  return layer === undefined ? name : t('layer {0} {1}', layer, type);
}

export function selectionOf({ module }: PlotPoint): Selection {
  return { name: module.name, type: module.type, layer: module.layer ?? null };
}

/** The module that stands for the selection in a plot: of the same layer in a plot of one type. */
export function selectedModule(
  { modules }: Series,
  selection: Selection,
  type: string,
): SeriesModule | undefined {
  const isMeant = (module: SeriesModule): boolean =>
    type === allModules || module.layer === undefined
      ? module.name === selection.name
      : module.layer === selection.layer;
  return modules.find((module) => (type === allModules || module.type === type) && isMeant(module));
}

/** Where the module stood at each step up to this one. */
export function pathOf(series: Series, module: SeriesModule, upTo: number): PlotPoint[] {
  const path: PlotPoint[] = [];
  for (const sample of series.run.samples) {
    if (sample.step > upTo) break;
    const change = changeAt(sample, module.place);
    if (change === undefined) continue;
    path.push({ index: series.index, step: sample.step, module, ...change });
  }
  return path;
}
