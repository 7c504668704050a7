// A table as data: what pages show and what every export writes.
import type { Interval } from '../../extension/shared/statistics/interval';

export interface PlainCell {
  /** As it is shown. */
  text: string;
  /** Beneath it, such as its interval. */
  detail?: string;
  /** For spreadsheets, where it is not the text. */
  value?: number;
  /** For pictures; `detail` has it in words. */
  interval?: Interval;
  /** Printed in bold. */
  isBest?: boolean;
}

export interface PlainColumn {
  heading: string;
  /** Beneath it. */
  detail?: string;
  isNumber: boolean;
}

export interface PlainRow {
  id: string;
  cells: PlainCell[];
  /** The run that a click on its name opens. */
  folder?: string;
  isEvaluating?: boolean;
}

export interface PlainGroup {
  id: string;
  /** Empty for a table that is one group. */
  title: string;
  /** Where published values are from; null for the user's own. */
  citation: string | null;
  rows: PlainRow[];
}

export interface PlainTable {
  /** Of exported files. */
  name: string;
  caption: string;
  columns: PlainColumn[];
  groups: PlainGroup[];
}

export const nothing: PlainCell = { text: '–' };

export function textCell(text: string): PlainCell {
  return { text };
}

export function numberCell(value: number | null, text: (value: number) => string): PlainCell {
  return value === null ? nothing : { text: text(value), value };
}
