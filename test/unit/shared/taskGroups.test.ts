import { expect, test } from 'vitest';
import { builtInTasks } from '../../../extension/evaluation/builtIn/tasks';
import { groupOfTask, largestGroup } from '../../../extension/shared/taskGroups';

test('every built-in task whose answers are written is in the group that its document names', () => {
  const written = Object.entries(builtInTasks).filter(([, { protocol }]) => protocol === undefined);
  expect(written.length).toBeGreaterThan(10);
  for (const [name, { group = '' }] of written)
    expect([name, groupOfTask(name)]).toEqual([name, group]);
});

test('the largest group is averaged, the first of groups as large', () => {
  expect(largestGroup(['gsm8k', 'boolq', 'AQuA', 'mine'])).toEqual(['gsm8k', 'AQuA']);
  expect(largestGroup(['boolq', 'gsm8k'])).toEqual(['boolq']);
  expect(largestGroup(['facts', 'quiz'])).toEqual(['facts', 'quiz']);
  expect(largestGroup([])).toEqual([]);
});
