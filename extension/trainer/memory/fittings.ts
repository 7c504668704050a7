// How a step can be computed in less memory, with the same records and the same mean.
import type { ExperimentSettings } from '../../shared/experiment';

export type Fitting = Pick<
  ExperimentSettings['training'],
  'batchSize' | 'accumulation' | 'activationCheckpointing' | 'baseWeights'
>;

/**
 * Weights as they are stored, where that is less; then smaller micro-batches and more of them; then the wanted and the smaller
 * ones with activations that are computed a second time. Micro-batches are divided evenly, so that every step has the records
 * that it would have had.
 */
export function smallerFittings(wanted: Fitting, isLessStored: boolean): Fitting[] {
  const { batchSize, accumulation } = wanted;
  const baseWeights = isLessStored ? 'stored' : wanted.baseWeights;
  const parts = Array.from({ length: batchSize }, (_, i) => i + 1).filter(
    (count) => batchSize % count === 0,
  );
  const checkpointing = wanted.activationCheckpointing ? [true] : [false, true];
  const all = checkpointing.flatMap((activationCheckpointing) =>
    parts.map((count): Fitting => ({
      batchSize: batchSize / count,
      accumulation: accumulation * count,
      ...{ activationCheckpointing, baseWeights },
    })),
  );
  return isLessStored ? all : all.slice(1);
}

/** "takes micro-batches of 4 records instead of 16, 8 a step, and computes activations a second time" */
export function fittingText(fitting: Fitting, wanted: Fitting): string {
  const { batchSize, accumulation, activationCheckpointing, baseWeights } = fitting;
  const parts: string[] = [];
  if (baseWeights !== wanted.baseWeights) parts.push('keeps weights as they lie in their files');
  if (batchSize !== wanted.batchSize) {
    const records = `${batchSize} ${batchSize === 1 ? 'record' : 'records'}`;
    parts.push(
      `takes micro-batches of ${records} instead of ${wanted.batchSize}, ${accumulation} a step`,
    );
  }
  if (activationCheckpointing !== wanted.activationCheckpointing)
    parts.push('computes activations a second time');
  return parts.join(', and ');
}
