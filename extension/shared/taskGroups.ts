// Tasks that are averaged together: the built-in ones by their group, a user's own as one group.
import { paperTasks } from './published/paperTasks';

const groups = new Map<string, string>([
  ...paperTasks.map(({ task }) => [task, 'commonsense'] as const),
  ...['gsm8k', 'AddSub', 'MultiArith', 'SingleEq', 'SVAMP', 'AQuA'].map(
    (task) => [task, 'math'] as const,
  ),
]);

/** Empty for a task that is in no built-in group. */
export function groupOfTask(task: string): string {
  return groups.get(task) ?? '';
}

/** Of these tasks those of the largest group; of groups as large, the one that comes first. */
export function largestGroup(tasks: readonly string[]): string[] {
  const byGroup = new Map<string, string[]>();
  for (const task of tasks) {
    const group = groupOfTask(task);
    byGroup.set(group, [...(byGroup.get(group) ?? []), task]);
  }
  const [first = [], ...others] = byGroup.values();
  return others.reduce((largest, one) => (one.length > largest.length ? one : largest), first);
}
