// Accuracy over rank, LLaMA-7B on the eight commonsense sets: Figure 5 of the DoRA paper (arXiv 2402.09353, version 6)
// with the numbers of its Table 15, and the table of the authors' repository, which has other numbers in two rows.
// Shown beside a user's own points and never computed with them.
import { paperTasks } from './paperTasks';

export interface PublishedPoint {
  rank: number;
  /** Trained values in percent of all, as printed. */
  trainablePercent: number;
  /** By task, in percent. */
  scores: Readonly<Record<string, number>>;
  /** As printed. */
  average: number;
}

export interface PublishedCurve {
  method: 'LoRA' | 'DoRA';
  points: readonly PublishedPoint[];
}

export type RankSweepSource = 'paper' | 'repository';

export interface PublishedSweep {
  source: RankSweepSource;
  /** As it is cited. */
  citation: string;
  model: string;
  curves: readonly PublishedCurve[];
}

/** Rank, parameters in percent, the eight scores in the order of `paperTasks`, average. */
type PrintedPoint = [number, number, number[], number];

const ofPaper: Record<PublishedCurve['method'], PrintedPoint[]> = {
  LoRA: [
    [4, 0.1, [2.3, 46.1, 18.3, 19.7, 55.2, 65.4, 51.9, 57], 39.5],
    [8, 0.21, [31.3, 57, 44, 11.8, 43.3, 45.7, 39.2, 53.8], 40.7],
    [16, 0.42, [69.9, 77.8, 75.1, 72.1, 55.8, 77.1, 62.2, 78], 70.9],
    [32, 0.83, [68.9, 80.7, 77.4, 78.1, 78.8, 77.8, 61.3, 74.8], 74.7],
    [64, 1.64, [66.7, 79.1, 75.7, 17.6, 78.8, 73.3, 59.6, 75.2], 65.8],
  ],
  DoRA: [
    [4, 0.11, [51.3, 42.2, 77.8, 25.4, 78.8, 78.7, 62.5, 78.6], 61.9],
    [8, 0.22, [69.9, 81.8, 79.7, 85.2, 80.1, 81.5, 65.7, 79.8], 77.9],
    [16, 0.43, [70, 82.6, 79.7, 83.2, 80.6, 80.6, 65.4, 77.6], 77.5],
    [32, 0.84, [69.7, 83.4, 78.6, 87.2, 81, 81.9, 66.2, 79.2], 78.4],
    [64, 1.65, [69.9, 81.4, 79.1, 40.7, 80, 80.9, 65.5, 79.4], 72.1],
  ],
};

/** Rows that the repository prints otherwise. */
const ofRepository: Record<PublishedCurve['method'], PrintedPoint[]> = {
  LoRA: [[32, 0.83, [67.5, 80.8, 78.2, 83.4, 80.4, 78, 62.6, 79.1], 76.3]],
  DoRA: [[64, 1.65, [70.1, 82, 75.6, 85.9, 79.7, 79.1, 63.7, 78.4], 76.8]],
};

function curve(method: PublishedCurve['method'], source: RankSweepSource): PublishedCurve {
  const others = source === 'paper' ? [] : ofRepository[method];
  const points = ofPaper[method].map(
    (printed) => others.find(([rank]) => rank === printed[0]) ?? printed,
  );
  return {
    method,
    points: points.map(([rank, trainablePercent, scores, average]) => ({
      rank,
      trainablePercent,
      scores: Object.fromEntries(paperTasks.map(({ task }, i) => [task, scores[i] ?? NaN])),
      average,
    })),
  };
}

function sweep(source: RankSweepSource, citation: string): PublishedSweep {
  return {
    source,
    citation,
    model: 'LLaMA-7B',
    curves: [curve('DoRA', source), curve('LoRA', source)],
  };
}

export const publishedSweeps: readonly PublishedSweep[] = [
  sweep('paper', 'DoRA paper (arXiv 2402.09353), Figure 5 and Table 15'),
  sweep('repository', 'NVlabs/DoRA, commonsense_reasoning/README.md'),
];
