// A long run's steps at a glance: few enough rows to be on the screen at once, while all of them are on their way.
import {
  appendSteps,
  emptyColumns,
  figureNames,
  type StepColumns,
  type StepFigures,
} from './stepColumns';

/** More than a chart is pixels wide. */
export const glanceRows = 4096;

/**
 * At most `most` rows, the last among them. A row's tokens and seconds are those since the row before it, so that
 * what they add up to is right; its other figures are its own.
 */
export function thinnedSteps(columns: StepColumns, most = glanceRows): StepColumns {
  const { length } = columns;
  if (length <= most) return columns;
  const stride = Math.ceil(length / most);
  const rows: StepFigures[] = [];
  for (let end = length % stride || stride; end <= length; end += stride) {
    rows.push(rowOver(columns, Math.max(0, end - stride), end));
  }
  return appendSteps(emptyColumns(columns.generation), rows);
}

/** The last of the rows from `first` up to `end`. */
function rowOver(columns: StepColumns, first: number, end: number): StepFigures {
  const figures = figureNames.map((name) => [name, columns[name][end - 1] ?? NaN] as const);
  return {
    ...(Object.fromEntries(figures) as Omit<StepFigures, 'step'>),
    step: columns.step[end - 1] ?? 0,
    tokens: sum(columns.tokens, first, end),
    seconds: sum(columns.seconds, first, end),
  };
}

function sum(values: Float32Array, first: number, end: number): number {
  let total = 0;
  for (let row = first; row < end; row += 1) total += values[row] ?? 0;
  return total;
}
