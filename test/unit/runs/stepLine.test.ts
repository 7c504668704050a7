import { expect, test } from 'vitest';
import { stepEventOf } from '../../../extension/runs/stepLine';
import { runEvent } from '../../../extension/shared/run';
import { stepEvent } from './sampleRun';

const good = { seq: 3, ...stepEvent(7) };
const lines: [string, unknown][] = [
  ['a step', good],
  ['with memory', { ...good, memoryBytes: 12_345_678 }],
  ['with memory of a GPU', { ...good, memoryBytes: 5, gpuBytes: 6e9, gpuHeldBytes: 7e9 }],
  ['memory of a GPU that is none', { ...good, gpuBytes: 6e9, gpuHeldBytes: '7' }],
  ['with a field of a later version', { ...good, temperature: 60 }],
  ['without a figure', { ...good, loss: undefined }],
  ['a text for a figure', { ...good, loss: '1' }],
  ['null for a figure', { ...good, loss: null }],
  ['an infinite figure', { ...good, loss: Infinity }],
  ['memory that is none', { ...good, memoryBytes: 'much' }],
  ['memory that is null', { ...good, memoryBytes: null }],
  ['another event', { seq: 1, type: 'eval', step: 1, loss: 1, tokens: 1 }],
  ['null', null],
  ['a list', [good]],
  ['a number', 4],
];

test.each(lines)('the quick check says of %s what the schema says', (_, line) => {
  const parsed = runEvent.safeParse(line);
  const expected = parsed.success && parsed.data.type === 'step' ? parsed.data : undefined;
  expect(stepEventOf(line)).toEqual(expected);
});
