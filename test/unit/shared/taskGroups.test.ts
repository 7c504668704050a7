import { expect, test } from 'vitest';
import { builtInTasks } from '../../../extension/evaluation/builtIn/tasks';
import { groupOfTask, groupsOf } from '../../../extension/shared/taskGroups';

test('every built-in task whose answers are written is in the group that its document names', () => {
  const written = Object.entries(builtInTasks).filter(([, { protocol }]) => protocol === undefined);
  expect(written.length).toBeGreaterThan(10);
  for (const [task, { group = '' }] of written)
    expect([task, groupOfTask({ task })]).toEqual([task, group]);
});

test('the largest group comes first, the first of groups as large', () => {
  const groups = (...tasks: string[]) => groupsOf(tasks.map((task) => ({ task })));
  expect(groups('mine', 'gsm8k', 'boolq', 'AQuA')).toEqual([
    { group: 'math', tasks: ['gsm8k', 'AQuA'] },
    { group: '', tasks: ['mine'] },
    { group: 'commonsense', tasks: ['boolq'] },
  ]);
  expect(groups('facts', 'quiz')).toEqual([{ group: '', tasks: ['facts', 'quiz'] }]);
  expect(groups()).toEqual([]);
});

test('what a task says of itself counts before its name', () => {
  const mine = { task: 'boolq', group: 'reading' };
  expect(groupsOf([mine, { task: 'quiz', group: 'reading' }, { task: 'piqa' }])).toEqual([
    { group: 'reading', tasks: ['boolq', 'quiz'] },
    { group: 'commonsense', tasks: ['piqa'] },
  ]);
  expect(groupOfTask({ task: 'boolq', group: '' })).toBe('');
});
