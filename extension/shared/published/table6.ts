// Table 6 of the DoRA paper (arXiv 2402.09353, version 6): modules whose magnitude is trained (m) and whose direction
// is (V). Average accuracy in percent on the eight commonsense sets. Its DoRA rows are of an earlier run than those
// of Table 1 (78.1 where that has 78.4) and stand here as printed.

export interface GranularityRow {
  model: string;
  method: string;
  trainablePercent: number;
  /** Letters of modules: Query, Key, Value, Output, Gate, Up, Down; null for a method that has no magnitude. */
  magnitude: string | null;
  direction: string | null;
  average: number;
}

type PrintedRow = [string, number, string | null, string | null, number];

const printed: Readonly<Record<string, PrintedRow[]>> = {
  'LLaMA-7B': [
    ['LoRA', 0.83, null, null, 74.7],
    ['DoRA', 0.84, 'QKVUD', 'QKVUD', 78.1],
    ['DoRA', 0.39, 'QKVOGUD', 'QKV', 77.5],
  ],
  'LLaMA-13B': [
    ['LoRA', 0.67, null, null, 80.5],
    ['DoRA', 0.68, 'QKVUD', 'QKVUD', 81.5],
    ['DoRA', 0.31, 'QKVOGUD', 'QKV', 81.3],
  ],
};

export const granularityRows: readonly GranularityRow[] = Object.entries(printed).flatMap(
  ([model, rows]) =>
    rows.map(([method, trainablePercent, magnitude, direction, average]) => ({
      ...{ model, method, trainablePercent, magnitude, direction, average },
    })),
);

export const granularityCitation = 'DoRA paper (arXiv 2402.09353), Table 6';
