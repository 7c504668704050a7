// The folders that experiments name for their tasks: a task.json in a folder of one of them is a task, whatever it holds
// so far. Free of VS Code.
import { dirname, resolve } from 'node:path';
import { gridOf, outlineOf, valueAt } from '../editor/outline';

/** As experiments have it that name none. */
const usualFolder = 'data';

/** Absolute; `text` is that of the experiment file. */
export function dataFoldersOf(file: string, text: string): string[] {
  const outline = outlineOf(text);
  if (outline.root === undefined) return [];
  const varied = gridOf(outline)['evaluation.data'] ?? [];
  const named = [valueAt(outline, ['evaluation', 'data']) ?? usualFolder, ...varied];
  return named
    .filter((one) => typeof one === 'string')
    .map((folder) => resolve(dirname(file), folder));
}

/** Where VS Code's own JSON support has the schema of tasks (package.json). */
export function isUsualPlace(file: string): boolean {
  return /[/\\]data[/\\][^/\\]+[/\\]task\.json$/.test(file);
}
