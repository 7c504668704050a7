// Steps are nearly all of a long run's events: they are checked by hand, with the outcome that the schema has.
import type { EventOf } from '../shared/run';

type StepEvent = EventOf<'step'>;
type Raw = Partial<Record<keyof StepEvent, unknown>>;

/** That runs of before they were told, or on another device, have not. */
const optional = ['memoryBytes', 'gpuBytes', 'gpuHeldBytes'] as const;

/** The step event in a parsed line; undefined for what is none, or not a good one. */
export function stepEventOf(line: unknown): StepEvent | undefined {
  if (typeof line !== 'object' || line === null || !('type' in line) || line.type !== 'step') {
    return undefined;
  }
  const { seq, step, loss, gradNorm, learningRate, tokens, seconds } = line as Raw;
  const isGood =
    isFinite(seq) &&
    isFinite(step) &&
    isFinite(loss) &&
    isFinite(gradNorm) &&
    isFinite(learningRate) &&
    isFinite(tokens) &&
    isFinite(seconds);
  if (!isGood) return undefined;
  const event: StepEvent = {
    ...{ seq, type: 'step', step, loss, gradNorm, learningRate, tokens, seconds },
  };
  for (const name of optional) {
    const value = (line as Raw)[name];
    if (value === undefined) continue;
    if (!isFinite(value)) return undefined;
    event[name] = value;
  }
  return event;
}

function isFinite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
