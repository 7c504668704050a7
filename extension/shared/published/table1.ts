// Table 1 of the DoRA paper (arXiv 2402.09353, version 6): accuracy in percent on eight commonsense sets. Shown
// beside a user's own rows and never averaged with them.
import { paperTasks } from './paperTasks';

export interface PublishedRow {
  model: string;
  method: string;
  /** Of the adapter; null where the table gives none. */
  rank: number | null;
  /** Trained values in percent of all, as printed. */
  trainablePercent: number | null;
  /** By task, in percent. */
  scores: Readonly<Record<string, number>>;
  /** As printed: for one row it differs from the mean by more than rounding. */
  average: number;
  /** Who measured it; the paper quotes Hu et al. 2023 (LLM-Adapters) for the older rows. */
  measuredBy: 'authors' | 'Hu et al. 2023';
}

/** Method, parameters in percent, the eight scores in the order of `paperTasks`, average. */
type PrintedRow = [string, number | null, number[], number];

const printed: { model: string; rows: PrintedRow[] }[] = [
  {
    model: 'ChatGPT',
    rows: [['Zero-shot CoT', null, [73.1, 85.4, 68.5, 78.5, 66.1, 89.8, 79.9, 74.8], 77]],
  },
  {
    model: 'LLaMA-7B',
    rows: [
      ['Prefix', 0.11, [64.3, 76.8, 73.9, 42.1, 72.1, 72.9, 54, 60.6], 64.6],
      ['Series', 0.99, [63, 79.2, 76.3, 67.9, 75.7, 74.5, 57.1, 72.4], 70.8],
      ['Parallel', 3.54, [67.9, 76.4, 78.8, 69.8, 78.9, 73.7, 57.3, 75.2], 72.2],
      ['LoRA', 0.83, [68.9, 80.7, 77.4, 78.1, 78.8, 77.8, 61.3, 74.8], 74.7],
      ['DoRA†', 0.43, [70, 82.6, 79.7, 83.2, 80.6, 80.6, 65.4, 77.6], 77.5],
      ['DoRA', 0.84, [69.7, 83.4, 78.6, 87.2, 81, 81.9, 66.2, 79.2], 78.4],
    ],
  },
  {
    model: 'LLaMA-13B',
    rows: [
      ['Prefix', 0.03, [65.3, 75.4, 72.1, 55.2, 68.6, 79.5, 62.9, 68], 68.4],
      ['Series', 0.8, [71.8, 83, 79.2, 88.1, 82.4, 82.5, 67.3, 81.8], 79.5],
      ['Parallel', 2.89, [72.5, 84.9, 79.8, 92.1, 84.7, 84.2, 71.2, 82.4], 81.4],
      ['LoRA', 0.67, [72.1, 83.5, 80.5, 90.5, 83.7, 82.8, 68.3, 82.4], 80.5],
      ['DoRA†', 0.35, [72.5, 85.3, 79.9, 90.1, 82.9, 82.7, 69.7, 83.6], 80.8],
      ['DoRA', 0.68, [72.4, 84.9, 81.5, 92.4, 84.2, 84.2, 69.6, 82.8], 81.5],
    ],
  },
  {
    model: 'LLaMA2-7B',
    rows: [
      ['LoRA', 0.83, [69.8, 79.9, 79.5, 83.6, 82.6, 79.8, 64.7, 81], 77.6],
      ['DoRA†', 0.43, [72, 83.1, 79.9, 89.1, 83, 84.5, 71, 81.2], 80.5],
      ['DoRA', 0.84, [71.8, 83.7, 76, 89.1, 82.6, 83.7, 68.2, 82.4], 79.7],
    ],
  },
  {
    model: 'LLaMA3-8B',
    rows: [
      ['LoRA', 0.7, [70.8, 85.2, 79.9, 91.7, 84.3, 84.2, 71.2, 79], 80.8],
      ['DoRA†', 0.35, [74.5, 88.8, 80.3, 95.5, 84.7, 90.1, 79.1, 87.2], 85],
      ['DoRA', 0.71, [74.6, 89.3, 79.9, 95.5, 85.6, 90.5, 80.4, 85.8], 85.2],
    ],
  },
];

/** DoRA† has half the rank of DoRA. */
const ranks: Readonly<Record<string, number>> = { LoRA: 32, DoRA: 32, 'DoRA†': 16 };
const quotedModels = ['ChatGPT', 'LLaMA-7B', 'LLaMA-13B'];

export const publishedRows: readonly PublishedRow[] = printed.flatMap(({ model, rows }) =>
  rows.map(([method, trainablePercent, scores, average]) => {
    const isQuoted = quotedModels.includes(model) && !method.startsWith('DoRA');
    return {
      model,
      method,
      rank: ranks[method] ?? null,
      trainablePercent,
      scores: Object.fromEntries(paperTasks.map(({ task }, i) => [task, scores[i] ?? NaN])),
      average,
      measuredBy: isQuoted ? 'Hu et al. 2023' : 'authors',
    };
  }),
);

export const publishedModels: readonly string[] = printed.map(({ model }) => model);
