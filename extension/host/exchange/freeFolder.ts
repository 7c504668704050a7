// A name for a new folder that no other has. Free of VS Code.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Absolute, in a folder that is made where it is missing: NAME, or NAME-2 and so on. */
export function freeFolder(parent: string, name: string): string {
  mkdirSync(parent, { recursive: true });
  const folderOf = (count: number): string => join(parent, count === 1 ? name : `${name}-${count}`);
  let count = 1;
  while (existsSync(folderOf(count))) count += 1;
  return folderOf(count);
}
