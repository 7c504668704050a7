import { describe, expect, it } from 'vitest';
import { effectiveEvents, makeRunId, type RunEvent } from '../../../extension/shared/run';

function step(seq: number, number: number): RunEvent {
  const rest = { loss: seq, gradNorm: 1, learningRate: 1, tokens: 1, seconds: 1 };
  return { seq, type: 'step', step: number, ...rest };
}

describe('a run', () => {
  it('is named by its time, method and rank', () => {
    const time = new Date('2026-11-24T02:15:04.123Z');
    expect(makeRunId(time, 'dora', 32, '9f3a')).toBe('20261124T021504Z-dora-r32-9f3a');
  });

  it('shows each step once after it was resumed', () => {
    const events: RunEvent[] = [
      step(1, 1),
      step(2, 2),
      step(3, 3),
      { seq: 4, type: 'resumed', step: 2 },
      step(5, 3),
      step(6, 4),
    ];
    expect(effectiveEvents(events).map(({ seq }) => seq)).toEqual([1, 2, 4, 5, 6]);
  });
});
