// A run made ready to be drawn: its modules by type and layer, its sums, the numbers of each step.
import { moduleLayer, moduleType } from '../../extension/shared/modules';
import type { SlopeRun } from '../../extension/shared/pages/slopesPage';
import { allModules } from '../../extension/shared/slopeFits';
import type { SlopeSample } from '../../extension/shared/slopes/samples';
import { StepSums } from '../../extension/shared/slopes/stepFits';

export interface SeriesModule {
  /** Of its numbers in each sample. */
  place: number;
  name: string;
  type: string;
  layer: number | undefined;
}

export interface Series {
  /** Decides its marker and its hue. */
  index: number;
  run: SlopeRun;
  modules: SeriesModule[];
  sums: StepSums;
}

/** What belongs to a run's samples is kept with them: its state changes much more often. */
const known = new WeakMap<readonly SlopeSample[], Pick<Series, 'modules' | 'sums'>>();

export function makeSeries(run: SlopeRun, index: number): Series {
  const { names, samples } = run;
  const kept = known.get(samples) ?? {
    modules: names.map((name, place) => ({
      place,
      name,
      type: moduleType(name),
      layer: moduleLayer(name),
    })),
    sums: new StepSums(names.length, samples),
  };
  known.set(samples, kept);
  return { index, run, ...kept };
}

/** Samples of steps up to this one. */
export function countUpTo({ run: { samples } }: Series, step: number): number {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.step ?? Infinity) <= step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One module at one step; none where it was not measured, or has not moved at all as what is not trained. */
export function changeAt(
  { deltaD, deltaM }: SlopeSample,
  place: number,
): { deltaD: number; deltaM: number } | undefined {
  const d = deltaD[place] ?? null;
  const m = deltaM[place] ?? null;
  if (d === null || m === null || (d === 0 && m === 0)) return undefined;
  return { deltaD: d, deltaM: m };
}

export interface Filter {
  /** Module types that are left out. */
  hidden: readonly string[];
  layers: LayerRanges;
}

export type LayerRanges = readonly { low: number; high: number }[];

/** "0-3, 7": those layers; all for an empty text; undefined for what is no list of layers. */
export function parseLayers(text: string): LayerRanges | undefined {
  const parts = text.split(',').map((part) => part.trim());
  const ranges: { low: number; high: number }[] = [];
  for (const part of parts.filter((one) => one !== '')) {
    const match = /^(\d+)(?:\s*[-–]\s*(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const low = Number(match[1]);
    ranges.push({ low, high: Number(match[2] ?? low) });
  }
  return ranges;
}

/** Modules of a type, or of all types, that the filter lets through. */
export function shownModules({ modules }: Series, type: string, filter: Filter): SeriesModule[] {
  return modules.filter(
    (module) =>
      (type === allModules ? !filter.hidden.includes(module.type) : module.type === type) &&
      isWithin(filter.layers, module.layer),
  );
}

function isWithin(layers: LayerRanges, layer: number | undefined): boolean {
  if (layers.length === 0) return true;
  return layer !== undefined && layers.some(({ low, high }) => layer >= low && layer <= high);
}
