// Learning rate of each step, as the Hugging Face trainer's schedulers have it.
import type { ExperimentSettings } from '../shared/experiment';

type Training = ExperimentSettings['training'];

/** `step` counts from 0. */
export function learningRateAt(training: Training, step: number, steps: number): number {
  const warmup = warmupSteps(training, steps);
  return training.learningRate * factor(training.schedule, step, { warmup, steps });
}

function warmupSteps(training: Training, steps: number): number {
  return training.warmupSteps ?? Math.ceil((training.warmupRatio ?? 0) * steps);
}

function factor(
  schedule: Training['schedule'],
  step: number,
  { warmup, steps }: { warmup: number; steps: number },
): number {
  if (step < warmup) return step / Math.max(1, warmup);
  const rest = Math.max(1, steps - warmup);
  switch (schedule) {
    case 'constant':
      return 1;
    case 'linear':
      return Math.max(0, (steps - step) / rest);
    case 'cosine':
      return Math.max(0, 0.5 * (1 + Math.cos((Math.PI * (step - warmup)) / rest)));
  }
}
