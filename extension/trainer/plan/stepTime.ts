// Seconds of a step's work at a machine's measured speed.
import type { MachineSpeed } from '../addon';
import type { StepWork } from './stepWork';

/** Of the measured speed, what products of a model's own sizes reach; test/bench/stepTimes.ts measures it. */
const reachedShare = 0.92;

export function secondsOf(work: StepWork, speed: MachineSpeed): number {
  const { productOperations, attentionOperations, movedBytes } = work;
  const { operationsPerSecond, bytesPerSecond } = speed;
  const operations = productOperations + attentionOperations;
  return operations / (reachedShare * operationsPerSecond) + movedBytes / bytesPerSecond;
}
