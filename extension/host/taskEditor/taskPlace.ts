// Where a task.json stands: the folder of its name, in a folder of data. Free of VS Code.
import { basename, dirname } from 'node:path';

export const taskFileName = 'task.json';

export interface TaskPlace {
  /** Its folder's name. */
  task: string;
  /** Folder of the tasks. */
  data: string;
}

export function taskPlace(file: string): TaskPlace {
  const folder = dirname(file);
  return { task: basename(folder), data: dirname(folder) };
}
