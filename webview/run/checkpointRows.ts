// The checkpoints of a run with what was measured at their steps.
import type { KeptCheckpoint } from '../../extension/shared/pages/runPage';
import type { RunHistory } from '../../extension/shared/runHistory';
import { rowOf } from '../../extension/shared/stepColumns';

export interface CheckpointRow extends KeptCheckpoint {
  loss: number | undefined;
  validation: number | undefined;
  /** Of the fit over all modules. */
  slope: number | undefined;
  /** Of q_proj, as in the paper. */
  querySlope: number | undefined;
  accuracies: Map<string, number>;
  isBest: boolean;
}

/** The latest first. */
export function checkpointRows(
  checkpoints: readonly KeptCheckpoint[],
  history: RunHistory,
): CheckpointRow[] {
  const validation = new Map(history.evals.map(({ step, loss }) => [step, loss]));
  const slopes = new Map(history.slopes.map(({ step, fits }) => [step, fits]));
  const rows = checkpoints.map((checkpoint) => {
    const { step } = checkpoint;
    const row = rowOf(history.steps, step);
    const slopeOf = (module: string) =>
      slopes.get(step)?.find((fit) => fit.module === module)?.slope ?? undefined;
    const accuracies = history.accuracies
      .filter((one) => one.step === step)
      .map(({ task, accuracy }): [string, number] => [task, accuracy]);
    return {
      ...checkpoint,
      loss: row === undefined ? undefined : history.steps.loss[row],
      validation: validation.get(step),
      slope: slopeOf('all'),
      querySlope: slopeOf('q_proj'),
      accuracies: new Map(accuracies),
    };
  });
  const best = bestOf(rows);
  return rows.map((row) => ({ ...row, isBest: row.step === best })).reverse();
}

interface Measured {
  step: number;
  loss: number | undefined;
  validation: number | undefined;
}

/** The lowest validation loss, without any the lowest training loss; one alone is the best of nothing. */
function bestOf(rows: readonly Measured[]): number | undefined {
  if (rows.length < 2) return undefined;
  return lowest(rows, ({ validation }) => validation) ?? lowest(rows, ({ loss }) => loss);
}

function lowest(
  rows: readonly Measured[],
  valueOf: (row: Measured) => number | undefined,
): number | undefined {
  let best: { step: number; value: number } | undefined;
  for (const row of rows) {
    const value = valueOf(row);
    if (value !== undefined && value < (best?.value ?? Infinity)) best = { step: row.step, value };
  }
  return best?.step;
}

/** Tasks that any checkpoint was asked, in their order. */
export function tasksOf(rows: readonly CheckpointRow[]): string[] {
  return [...new Set(rows.flatMap(({ accuracies }) => [...accuracies.keys()]))];
}
