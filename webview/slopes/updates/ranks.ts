// Effective ranks by type and layer, and the singular values of one module.
import type { PictureColors, Shape } from '../../../extension/shared/slopes/scene';
import type { Translate } from '../../../extension/shared/translate';
import type { UpdatedModule, UpdatesMeasurement } from '../../../extension/shared/updates';
import type { CanvasSize } from '../../charts/useCanvas';
import { moduleGrid, type ModuleGrid } from './grid';
import { subjectColor } from './subjectColor';

/** One grid for each adapter that has low-rank updates, all on one scale. */
export function rankGrids(
  { adapters }: UpdatesMeasurement,
  t: Translate,
): { index: number; grid: ModuleGrid }[] {
  const high = Math.max(
    1,
    ...adapters.flatMap(({ modules }) => modules.map(({ values }) => values.length)),
  );
  return adapters.flatMap(({ modules }, index) => {
    const figures = modules.map(({ name, effectiveRank }) => ({ name, value: effectiveRank }));
    if (figures.every(({ value }) => value === null)) return [];
    return [{ index, grid: moduleGrid(figures, { low: 0, high }, t('layer')) }];
  });
}

export function moduleOf(
  { adapters }: UpdatesMeasurement,
  index: number,
  name: string,
): UpdatedModule | undefined {
  return adapters[index]?.modules.find((module) => module.name === name);
}

export interface SpectrumLine {
  values: readonly number[];
  color: string;
  marker: 'circle' | 'triangle';
}

/** The module that was chosen, or the first that has an update. */
export function chosenModule(
  adapters: UpdatesMeasurement['adapters'],
  module: string | null,
): string {
  const names = adapters.flatMap(({ modules }) => modules.map(({ name }) => name));
  return module !== null && names.includes(module) ? module : (names[0] ?? '');
}

export function spectrumLines(
  measurement: UpdatesMeasurement,
  module: string,
  colors: PictureColors,
): SpectrumLine[] {
  return measurement.adapters.flatMap((_, index) => {
    const values = moduleOf(measurement, index, module)?.values ?? [];
    if (values.length === 0) return [];
    const marker = index === 0 ? 'circle' : 'triangle';
    return [{ values, color: subjectColor(index, colors), marker }];
  });
}

const edge = { left: 58, right: 12, top: 10, bottom: 34 };
/** Smaller ones than the largest by so many powers of ten are not shown. */
const mostPowers = 8;

/** On a logarithmic axis, by their number. */
export function spectrumShapes(
  lines: readonly SpectrumLine[],
  { width, height }: CanvasSize,
  colors: PictureColors,
  titles: { x: string; y: string },
): Shape[] {
  const all = lines.flatMap(({ values }) => values.filter((value) => value > 0));
  const high = Math.ceil(Math.log10(Math.max(...all, 1e-300)));
  const least = Math.floor(Math.log10(Math.min(...all, 1e300)));
  const low = Math.max(Math.min(least, high - 1), high - mostPowers);
  const count = Math.max(2, ...lines.map(({ values }) => values.length));
  const xOf = (index: number): number =>
    edge.left + (index / (count - 1)) * (width - edge.left - edge.right);
  const yOf = (power: number): number =>
    edge.top + ((high - power) / (high - low)) * (height - edge.top - edge.bottom);
  const text = { kind: 'text' as const, size: 11, color: colors.muted };
  const powers = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  const every = Math.ceil(count / 8);
  const marks = Array.from({ length: count }, (_, i) => i).filter((i) => i % every === 0);
  return [
    ...powers.flatMap((power): Shape[] => [
      {
        ...{ kind: 'line', color: colors.grid, width: 1 },
        points: [edge.left, yOf(power), width - edge.right, yOf(power)],
      },
      { ...text, x: edge.left - 6, y: yOf(power) + 4, text: powerText(power), anchor: 'end' },
    ]),
    ...marks.map((i): Shape => ({
      ...text,
      ...{ x: xOf(i), y: height - edge.bottom + 15, text: String(i + 1), anchor: 'middle' },
    })),
    { ...text, x: (edge.left + width) / 2, y: height - 4, text: titles.x, anchor: 'middle' },
    { ...text, x: 12, y: height / 2, text: titles.y, anchor: 'middle', upward: true },
    ...lines.flatMap((line) => lineShapes(line, { xOf, yOf, low })),
  ];
}

interface Scales {
  xOf: (index: number) => number;
  yOf: (power: number) => number;
  low: number;
}

function lineShapes({ values, color, marker }: SpectrumLine, { xOf, yOf, low }: Scales): Shape[] {
  const points = values.flatMap((value, index) => {
    const power = value > 0 ? Math.log10(value) : -Infinity;
    return power < low ? [] : [xOf(index), yOf(power)];
  });
  return [
    { kind: 'line', points, color, width: 1.5 },
    { kind: 'marks', points, marker, radius: 3, color },
  ];
}

function powerText(power: number): string {
  return power >= -2 && power <= 3 ? String(10 ** power) : `1e${power}`.replace('-', '−');
}
