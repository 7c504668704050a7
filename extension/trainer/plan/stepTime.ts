// Seconds of a step's work at a machine's measured speed.
import type { MachineSpeed } from '../addon';
import type { TensorPlace } from '../memory/tensorPlace';
import type { StepWork } from './stepWork';

/** Of the measured speed, what products of a model's own sizes reach; test/bench/stepTimes.ts measures it. */
const reachedShare = 0.92;

/** Null where nobody knows the speed: that of GPUs is not measured. */
export function stepSeconds(
  work: StepWork,
  { isHost }: TensorPlace,
  speed: MachineSpeed | undefined,
): number | null {
  return isHost && speed !== undefined ? secondsOf(work, speed) : null;
}

export function secondsOf(work: StepWork, speed: MachineSpeed): number {
  const { productOperations, storedOperations, attentionOperations, movedBytes } = work;
  const { operationsPerSecond, storedOperationsPerSecond, bytesPerSecond } = speed;
  const operations = productOperations - storedOperations + attentionOperations;
  const products = operations / operationsPerSecond + storedOperations / storedOperationsPerSecond;
  return products / reachedShare + movedBytes / bytesPerSecond;
}
