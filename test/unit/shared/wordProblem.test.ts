import { expect, test } from 'vitest';
import { builtInTasks } from '../../../extension/evaluation/builtIn/tasks';
import { parseTaskFile } from '../../../extension/shared/taskText';
import { isExactMatchMath } from '../../../extension/shared/wordProblem';

const isMath = (task: object): boolean =>
  isExactMatchMath(parseTaskFile(JSON.stringify(task), 'task.json'));

test('of the built-in tasks Orca-Math alone is measured by exact match of numbers', () => {
  const found = Object.entries(builtInTasks).filter(([, task]) => isMath(task));
  expect(found.map(([name]) => name)).toEqual(['orca-math']);
});

test("a user's own is known by what it measures", () => {
  const own = { template: 'paper', reference: 'extracted', metric: 'exact' };
  expect(isMath({ ...own, extraction: 'number' })).toBe(true);
  expect(isMath({ ...own, extraction: { pattern: '#### (-?[\\d,.]+)', group: 1 } })).toBe(true);
  expect(isMath({ ...own, extraction: { pattern: 'boxed\\{(.*?)\\}', group: 1 } })).toBe(true);
  // Texts, choices, the whole output; a tolerance; a right answer that is no worked solution.
  expect(isMath({ ...own, pattern: 'true|false' })).toBe(false);
  expect(isMath({ ...own, pattern: 'answer\\d' })).toBe(false);
  expect(isMath({ ...own, pattern: '\\w+' })).toBe(false);
  expect(isMath({ ...own, extraction: 'whole' })).toBe(false);
  expect(isMath({ ...own, metric: 'number', extraction: 'number' })).toBe(false);
  expect(isMath({ template: 'paper', extraction: 'number' })).toBe(false);
  expect(isMath({ protocol: 'perplexity' })).toBe(false);
});
