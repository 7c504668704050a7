// Table 5 of the DoRA paper (arXiv 2402.09353, version 6): MT-Bench, 80 questions, judged by GPT-4 from 1 to 10, after
// training on 10,000 records of cleaned Alpaca.

export interface MtBenchRow {
  model: string;
  method: string;
  trainablePercent: number;
  /** 1 to 10. */
  score: number;
}

const printed: Readonly<Record<string, [string, number, number][]>> = {
  'LLaMA-7B': [
    ['LoRA', 2.31, 5.1],
    ['DoRA', 2.33, 5.5],
    ['VeRA', 0.02, 4.3],
    ['DVoRA', 0.04, 5],
  ],
  'LLaMA2-7B': [
    ['LoRA', 2.31, 5.7],
    ['DoRA', 2.33, 6],
    ['VeRA', 0.02, 5.5],
    ['DVoRA', 0.04, 6],
  ],
};

export const mtBenchRows: readonly MtBenchRow[] = Object.entries(printed).flatMap(([model, rows]) =>
  rows.map(([method, trainablePercent, score]) => ({ model, method, trainablePercent, score })),
);

export const mtBenchCitation = 'DoRA paper (arXiv 2402.09353), Table 5; GPT-4 as the judge';
