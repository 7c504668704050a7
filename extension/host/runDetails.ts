// What a run's events and checkpoint folders add to its line: read when it is opened or hovered. Free of VS Code.
import type { EventOf, RunEvent } from '../shared/run';
import { lossText, signedText } from './runModel';
import type { Translate } from './translate';

export interface CheckpointView {
  step: number;
  folder: string;
  sizeBytes: number;
  loss: number | null;
  /** Of the fit over all modules. */
  slope: number | null;
}

export interface RunDetails {
  /** The newest last. */
  checkpoints: CheckpointView[];
  accuracies: { task: string; accuracy: number; n: number }[];
  warnings: string[];
}

/** Joins what the disk holds with what the events told of those steps; the last word on a task counts. */
export function joinDetails(
  folders: readonly { step: number; folder: string; sizeBytes: number }[],
  events: readonly RunEvent[],
): RunDetails {
  const losses = new Map(ofType(events, 'step').map(({ step, loss }) => [step, loss]));
  const slopes = new Map(
    ofType(events, 'slope').map(({ step, fits }) => [
      step,
      fits.find(({ module }) => module === 'all')?.slope ?? null,
    ]),
  );
  const accuracies = new Map(
    ofType(events, 'accuracy').map(({ task, accuracy, n }) => [task, { task, accuracy, n }]),
  );
  return {
    checkpoints: folders.map((one) => ({
      ...one,
      loss: losses.get(one.step) ?? null,
      slope: slopes.get(one.step) ?? null,
    })),
    accuracies: [...accuracies.values()],
    warnings: ofType(events, 'warning').map(({ message }) => message),
  };
}

export function checkpointLabel(checkpoint: CheckpointView, t: Translate): string {
  return t('Step {0}', checkpoint.step);
}

/** "loss 0.412 · slope −0.31" */
export function checkpointDescription(checkpoint: CheckpointView, t: Translate): string {
  return [
    ...(checkpoint.loss === null ? [] : [t('loss {0}', lossText(checkpoint.loss))]),
    ...(checkpoint.slope === null ? [] : [t('slope {0}', signedText(checkpoint.slope))]),
  ].join(' · ');
}

function ofType<T extends RunEvent['type']>(events: readonly RunEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}
