// Tasks that are averaged together: those of one group, which a task's document names.
import { paperTasks } from './published/paperTasks';

/** Of the built-in tasks, for results of versions that kept no document. */
const groups = new Map<string, string>([
  ...paperTasks.map(({ task }) => [task, 'commonsense'] as const),
  ...['gsm8k', 'AddSub', 'MultiArith', 'SingleEq', 'SVAMP', 'AQuA'].map(
    (task) => [task, 'math'] as const,
  ),
]);

export interface GroupedTask {
  task: string;
  /** Empty for none; absent where no document was kept. */
  group?: string;
}

export interface TaskGroup {
  /** Empty for tasks without one, which stand together. */
  group: string;
  tasks: string[];
}

/** As its document has it, which for a built-in one without is known by its name. Empty for none. */
export function groupOfTask({ task, group }: GroupedTask): string {
  return group ?? groups.get(task) ?? '';
}

/** The largest first; of groups as large, the one that comes first. */
export function groupsOf(tasks: readonly GroupedTask[]): TaskGroup[] {
  const byGroup = new Map<string, string[]>();
  for (const one of tasks) {
    const group = groupOfTask(one);
    byGroup.set(group, [...(byGroup.get(group) ?? []), one.task]);
  }
  return [...byGroup]
    .map(([group, own]) => ({ group, tasks: own }))
    .sort((a, b) => b.tasks.length - a.tasks.length);
}
