// Steps are nearly all of a long run's events: they are checked by hand, with the outcome that the schema has.
import type { EventOf } from '../shared/run';

type StepEvent = EventOf<'step'>;
type Raw = Partial<Record<keyof StepEvent, unknown>>;

/** The step event in a parsed line; undefined for what is none, or not a good one. */
export function stepEventOf(line: unknown): StepEvent | undefined {
  if (typeof line !== 'object' || line === null || !('type' in line) || line.type !== 'step') {
    return undefined;
  }
  const { seq, step, loss, gradNorm, learningRate, tokens, seconds, memoryBytes } = line as Raw;
  const isGood =
    isFinite(seq) &&
    isFinite(step) &&
    isFinite(loss) &&
    isFinite(gradNorm) &&
    isFinite(learningRate) &&
    isFinite(tokens) &&
    isFinite(seconds);
  if (!isGood) return undefined;
  if (memoryBytes === undefined) {
    return { seq, type: 'step', step, loss, gradNorm, learningRate, tokens, seconds };
  }
  if (!isFinite(memoryBytes)) return undefined;
  return { seq, type: 'step', step, loss, gradNorm, learningRate, tokens, seconds, memoryBytes };
}

function isFinite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
