// How runs are told apart, by marker and by hue, and how late a step is, by lightness.
import { runLook, type RunLook } from '../../extension/shared/slopes/slopeSvg';
import type { MarksShape, PictureColors } from '../../extension/shared/slopes/scene';
import { xOf, yOf, type PlotFrame } from '../../extension/shared/slopes/plot';
import type { PointGroup } from './plots';
import type { Series } from './series';
import { ageOf, type Ages } from './timeline';

export interface Looks {
  /** The same for the same colours of the same steps. */
  key: string;
  of(index: number): RunLook;
  color(index: number, step: number): string;
}

export function makeLooks(series: readonly Series[], colors: PictureColors, ages: Ages): Looks {
  const looks = new Map(
    series.map(({ index }) => [index, runLook(index, series.length, colors)] as const),
  );
  const of = (index: number): RunLook => looks.get(index) ?? runLook(index, series.length, colors);
  return {
    key: JSON.stringify([series.length, ages, colors]),
    of,
    color: (index, step) => of(index).ramp(ageOf(ages, step)),
  };
}

/** Points beyond these are drawn small: they would hide each other. */
const crowded = 400;
const dense = 3000;

export function historyMarks(
  group: PointGroup,
  frame: PlotFrame,
  looks: Looks,
  pointsInAll: number,
): MarksShape {
  const radius = pointsInAll > dense ? 1.1 : pointsInAll > crowded ? 1.7 : 2.4;
  const marker = pointsInAll > dense ? 'square' : looks.of(group.index).marker;
  const color = looks.color(group.index, group.step);
  return { kind: 'marks', points: placed(group, frame), marker, radius, color };
}

export function currentMarks(
  group: PointGroup,
  frame: PlotFrame,
  looks: Looks,
  colors: PictureColors,
): MarksShape {
  const radius = group.modules.length > 60 ? 3 : 4;
  const { marker } = looks.of(group.index);
  const color = looks.color(group.index, group.step);
  const points = placed(group, frame);
  return { kind: 'marks', points, marker, radius, color, outline: colors.background };
}

function placed({ values }: PointGroup, frame: PlotFrame): number[] {
  return values.map((value, index) => (index % 2 === 0 ? xOf(frame, value) : yOf(frame, value)));
}
