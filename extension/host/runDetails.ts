// What a run's events and checkpoint folders add to its line: read when it is opened or hovered. Free of VS Code.
import { sizeText } from '../shared/timeText';
import type { Translate } from '../shared/translate';
import type { RunDigest, LossPoint } from './runDigest';
import { lossText, signedText } from './runModel';

export interface CheckpointView {
  step: number;
  folder: string;
  sizeBytes: number;
  /** Of that training step. */
  loss: number | null;
  /** On the validation data. */
  validationLoss: number | null;
  /** Of the fit over all modules. */
  slope: number | null;
  /** It has the lowest loss of this kind of the run's checkpoints. */
  best?: 'validation' | 'training';
}

export interface RunDetails {
  /** The newest last. */
  checkpoints: CheckpointView[];
  accuracies: { task: string; accuracy: number; n: number }[];
  warnings: string[];
  /** In the order of steps. */
  losses: readonly LossPoint[];
  validationLosses: readonly LossPoint[];
}

/** Joins what the disk holds with what the events told of those steps. */
export function joinDetails(
  folders: readonly { step: number; folder: string; sizeBytes: number }[],
  digest: RunDigest,
): RunDetails {
  const checkpoints = folders.map(({ step, folder, sizeBytes }) => ({
    step,
    folder,
    sizeBytes,
    loss: digest.lossAt(step),
    validationLoss: digest.validationLossAt(step),
    slope: digest.slopeAt(step),
  }));
  const { accuracies, warnings, losses, validationLosses } = digest;
  return { checkpoints: markBest(checkpoints), accuracies, warnings, losses, validationLosses };
}

/** The lowest validation loss; without any, the lowest training loss. One alone is the best of nothing. */
export function markBest(checkpoints: readonly CheckpointView[]): CheckpointView[] {
  if (checkpoints.length < 2) return [...checkpoints];
  const byValidation = lowest(checkpoints, ({ validationLoss }) => validationLoss);
  const best = byValidation ?? lowest(checkpoints, ({ loss }) => loss);
  const by = byValidation === undefined ? 'training' : 'validation';
  return checkpoints.map((one) => (one === best ? { ...one, best: by } : one));
}

export function checkpointLabel(checkpoint: CheckpointView, t: Translate): string {
  return t('Step {0}', checkpoint.step);
}

/** "best · validation loss 0.412 · slope −0.31 · 4.2 MB" */
export function checkpointDescription(checkpoint: CheckpointView, t: Translate): string {
  const { best, loss, validationLoss, slope, sizeBytes } = checkpoint;
  return [
    ...(best === undefined ? [] : [t('best')]),
    ...(validationLoss !== null
      ? [t('validation loss {0}', lossText(validationLoss))]
      : loss !== null
        ? [t('loss {0}', lossText(loss))]
        : []),
    ...(slope === null ? [] : [t('slope {0}', signedText(slope))]),
    sizeText(sizeBytes),
  ].join(' · ');
}

/** Why it is the best one; undefined if it is not. */
export function bestText({ best }: CheckpointView, t: Translate): string | undefined {
  if (best === undefined) return undefined;
  return best === 'validation'
    ? t('lowest validation loss of the checkpoints that are kept')
    : t('lowest training loss of the checkpoints that are kept');
}

function lowest(
  checkpoints: readonly CheckpointView[],
  lossOf: (checkpoint: CheckpointView) => number | null,
): CheckpointView | undefined {
  let best: CheckpointView | undefined;
  for (const one of checkpoints) {
    const loss = lossOf(one);
    if (loss === null || !Number.isFinite(loss)) continue;
    const lowestYet = best === undefined ? null : lossOf(best);
    if (lowestYet === null || loss < lowestYet) best = one;
  }
  return best;
}
