// Whether a file is another one than before, or was written since, without reading it.
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';

export function signatureOf({ ino, mtimeMs, size }: Stats): string {
  return `${ino}.${mtimeMs}.${size}`;
}

/** Undefined if it is not there. */
export async function fileSignature(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found && signatureOf(found);
}
