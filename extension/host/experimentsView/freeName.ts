// A name for a new experiment file that no other has. Free of VS Code.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const experimentSuffix = '.experiment.json';

/** Absolute: NAME.experiment.json, or NAME-2.experiment.json and so on. */
export function freeName(folder: string, name: string): string {
  const fileOf = (count: number): string =>
    join(folder, `${name}${count === 1 ? '' : `-${count}`}${experimentSuffix}`);
  let count = 1;
  while (existsSync(fileOf(count))) count += 1;
  return fileOf(count);
}
