// What stands around every check of one run: where its settings stand, and how a failure becomes a problem.
import { dirname, resolve } from 'node:path';
import type { ResolvedRun } from '../../shared/experimentFile';
import { entryOf, settingsOfEntry, variedBy, type Grid } from '../../shared/experimentGrid';
import { isFailure, type Failure } from '../../shared/failures';
import type { ExperimentText, Path } from './experimentText';
import type { ProblemList } from './problemList';

export interface CheckContext {
  file: string;
  text: ExperimentText;
  list: ProblemList;
  run: ResolvedRun;
  /** Settings that stand in for missing ones. */
  missing: ReadonlySet<string>;
}

export function inFolder({ file }: CheckContext, path: string): string {
  return resolve(dirname(file), path);
}

/** Where the run has a setting from: the grid's value, or the file's own. */
function pathInFile({ text, run }: CheckContext, setting: string): Path {
  const grid = (text.valueAt(['grid']) ?? {}) as Grid;
  const key = entryOf(grid, setting);
  if (key === undefined) return text.pathOf(setting);
  const isOfRun = (value: unknown): boolean =>
    Object.entries(variedBy(key, value) ?? {}).every(
      ([one, own]) => JSON.stringify(own) === JSON.stringify(run.varied[one]),
    );
  const index = (grid[key] ?? []).findIndex(isOfRun);
  if (index < 0) return ['grid', key];
  const settings = settingsOfEntry(key);
  const position = settings.findIndex((one) => setting === one || setting.startsWith(`${one}.`));
  const inner = setting.slice((settings[position] ?? '').length + 1).split('.');
  const indices = inner.filter((part) => /^\d+$/.test(part)).map(Number);
  return ['grid', key, index, ...(settings.length > 1 ? [position] : []), ...indices];
}

export interface Placed {
  setting: string;
  /** Whether the setting's name or its value is wrong; its value when left out. */
  part?: 'key' | 'value';
  nearest?: string | undefined;
}

export function addProblem(context: CheckContext, failure: Failure, placed: Placed): void {
  const { setting, part = 'value', nearest } = placed;
  const path = pathInFile(context, setting);
  context.list.add({ failure, setting, path, part, ...(nearest !== undefined && { nearest }) });
}

/** The result, or undefined after the failure was handed over. */
export async function attempt<T>(
  action: () => T | Promise<T>,
  onFailure: (failure: Failure) => void,
): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (!isFailure(error)) throw error;
    onFailure(error);
    return undefined;
  }
}
