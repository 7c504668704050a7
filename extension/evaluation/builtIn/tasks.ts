// Every task that needs no task.json. They are documents like a user's own, read by the same reader.
import type { TaskFile } from '../../shared/taskFile';
import { choiceTasks } from './choice';
import { commonsenseTasks } from './commonsense';
import { judgedTasks } from './judged';
import { mathTasks } from './math';

export const builtInTasks: Readonly<Record<string, TaskFile>> = {
  ...commonsenseTasks,
  ...mathTasks,
  ...judgedTasks,
  ...choiceTasks,
};
