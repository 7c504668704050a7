// Rows of figures as the host sends them.
import type { FigureRow, FigureRun } from '../../../extension/shared/pages/figuresPage';
import { methodNames } from '../../../extension/shared/runWords';
import { figure, sampleRow } from '../accuracy/sampleRows';

export interface SampleRun extends Partial<FigureRun> {
  correct?: number;
  n?: number;
  tasks?: string[];
  row?: Partial<FigureRow>;
}

let count = 0;

export function sampleFigure({
  correct = 100,
  n = 200,
  tasks = ['a'],
  row,
  ...given
}: SampleRun): FigureRow {
  count += 1;
  const method = given.method ?? 'dora';
  const rank = given.rank === undefined ? 16 : given.rank;
  const run: FigureRun = {
    ...{ method, rank, alpha: rank === null ? null : 2 * rank, targets: ['q_proj', 'v_proj'] },
    ...{ magnitudeOnly: [], learningRate: 1e-4, seed: 0, recipe: 'same' },
    ...given,
  };
  const name = `${methodNames[method]} r${rank ?? ''} ${count}`;
  const figures = tasks.map((task) => figure(task, correct, n));
  return { ...sampleRow(name, figures), run, ...row };
}
