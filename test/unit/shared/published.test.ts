// Published rows are the paper's own figures.
import { describe, expect, test } from 'vitest';
import { paperTasks } from '../../../extension/shared/published/paperTasks';
import { publishedModels, publishedRows } from '../../../extension/shared/published/table1';
import { addedValues, trainablePercent } from '../../../extension/shared/trainableShare';

/** Table 1 as it is printed: model, method, parameters, BoolQ to OBQA, average. */
const table1 = `
ChatGPT   | Zero-shot CoT | -    | 73.1 85.4 68.5 78.5 66.1 89.8 79.9 74.8 | 77.0
LLaMA-7B  | Prefix   | 0.11 | 64.3 76.8 73.9 42.1 72.1 72.9 54.0 60.6 | 64.6
LLaMA-7B  | Series   | 0.99 | 63.0 79.2 76.3 67.9 75.7 74.5 57.1 72.4 | 70.8
LLaMA-7B  | Parallel | 3.54 | 67.9 76.4 78.8 69.8 78.9 73.7 57.3 75.2 | 72.2
LLaMA-7B  | LoRA     | 0.83 | 68.9 80.7 77.4 78.1 78.8 77.8 61.3 74.8 | 74.7
LLaMA-7B  | DoRA†    | 0.43 | 70.0 82.6 79.7 83.2 80.6 80.6 65.4 77.6 | 77.5
LLaMA-7B  | DoRA     | 0.84 | 69.7 83.4 78.6 87.2 81.0 81.9 66.2 79.2 | 78.4
LLaMA-13B | Prefix   | 0.03 | 65.3 75.4 72.1 55.2 68.6 79.5 62.9 68.0 | 68.4
LLaMA-13B | Series   | 0.80 | 71.8 83.0 79.2 88.1 82.4 82.5 67.3 81.8 | 79.5
LLaMA-13B | Parallel | 2.89 | 72.5 84.9 79.8 92.1 84.7 84.2 71.2 82.4 | 81.4
LLaMA-13B | LoRA     | 0.67 | 72.1 83.5 80.5 90.5 83.7 82.8 68.3 82.4 | 80.5
LLaMA-13B | DoRA†    | 0.35 | 72.5 85.3 79.9 90.1 82.9 82.7 69.7 83.6 | 80.8
LLaMA-13B | DoRA     | 0.68 | 72.4 84.9 81.5 92.4 84.2 84.2 69.6 82.8 | 81.5
LLaMA2-7B | LoRA     | 0.83 | 69.8 79.9 79.5 83.6 82.6 79.8 64.7 81.0 | 77.6
LLaMA2-7B | DoRA†    | 0.43 | 72.0 83.1 79.9 89.1 83.0 84.5 71.0 81.2 | 80.5
LLaMA2-7B | DoRA     | 0.84 | 71.8 83.7 76.0 89.1 82.6 83.7 68.2 82.4 | 79.7
LLaMA3-8B | LoRA     | 0.70 | 70.8 85.2 79.9 91.7 84.3 84.2 71.2 79.0 | 80.8
LLaMA3-8B | DoRA†    | 0.35 | 74.5 88.8 80.3 95.5 84.7 90.1 79.1 87.2 | 85.0
LLaMA3-8B | DoRA     | 0.71 | 74.6 89.3 79.9 95.5 85.6 90.5 80.4 85.8 | 85.2
`;

test('are all rows of Table 1, figure for figure', () => {
  const expected = table1
    .trim()
    .split('\n')
    .map((line) => {
      const [model, method, parameters, scores, average] = line
        .split('|')
        .map((part) => part.trim());
      return {
        model,
        method,
        trainablePercent: parameters === '-' ? null : Number(parameters),
        scores: scores?.split(' ').map(Number),
        average: Number(average),
      };
    });
  const ours = publishedRows.map(
    ({ model, method, trainablePercent: percent, scores, average }) => ({
      ...{ model, method, trainablePercent: percent, average },
      scores: paperTasks.map(({ task }) => scores[task]),
    }),
  );
  expect(ours).toEqual(expected);
  expect(publishedModels).toEqual(['ChatGPT', 'LLaMA-7B', 'LLaMA-13B', 'LLaMA2-7B', 'LLaMA3-8B']);
});

test('have averages that are the means of their tasks, but for the one that is printed lower', () => {
  const odd = publishedRows.filter(({ scores, average }) => {
    const values = Object.values(scores);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return Math.abs(mean - average) > 0.0501;
  });
  expect(odd.map(({ model, method }) => `${model} ${method}`)).toEqual(['LLaMA-13B Parallel']);
});

test('say who measured them', () => {
  const quoted = publishedRows.filter(({ measuredBy }) => measuredBy === 'Hu et al. 2023');
  expect(new Set(quoted.map(({ model }) => model))).toEqual(
    new Set(['ChatGPT', 'LLaMA-7B', 'LLaMA-13B']),
  );
  expect(quoted.some(({ method }) => method.startsWith('DoRA'))).toBe(false);
  expect(publishedRows.find(({ method }) => method === 'DoRA†')?.rank).toBe(16);
});

describe('trainable parameters in percent', () => {
  // Counted from the layers' shapes; the paper prints two digits of each.
  test.each([
    ['lora', 56_098_816, 6_738_415_616, '0.826'],
    ['dora', 56_975_360, 6_738_415_616, '0.838'],
    ['dora', 28_925_952, 6_738_415_616, '0.427'],
    ['lora', 87_818_240, 13_015_864_320, '0.670'],
    ['dora', 89_190_400, 13_015_864_320, '0.681'],
    ['dora', 57_409_536, 8_030_261_248, '0.710'],
    ['full', 50, 100, '50.000'],
  ])('%s with %i of %i', (method, trainable, parameters, percent) => {
    const added = addedValues(method, trainable);
    expect(trainablePercent({ trainable, added, parameters }).toFixed(3)).toBe(percent);
  });
});
