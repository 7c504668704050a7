// Small files that are replaced whole: a reader sees the old text or the new one, never a part, even if the
// writer is killed in between.
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../shared/failures';
import { errorCode, isDiskFull } from '../shared/systemError';

/** Ends the name of everything that is not whole yet; readers skip such names. */
export const unfinishedSuffix = '.unfinished';

let written = 0;

/** `durable` waits for the disk, so that the text also survives a power failure. */
export function writeAtomically(file: string, text: string, durable = true): void {
  const temporary = `${file}.${process.pid}-${written++}${unfinishedSuffix}`;
  try {
    const descriptor = openSync(temporary, 'wx');
    try {
      writeFileSync(descriptor, text);
      if (durable) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (error) {
    removeIfPossible(temporary);
    if (!isDiskFull(error)) throw error;
    throw new Failure('disk-full', { file, neededBytes: Buffer.byteLength(text) });
  }
  if (durable) syncFolder(dirname(file));
}

/** Clears up after a failure, which must stay the one that is told. */
export function removeIfPossible(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Its name says that it is unfinished, and readers skip it.
  }
}

/** A rename is on the disk only when its folder is. */
export function syncFolder(folder: string): void {
  // Windows cannot open folders and needs no such step.
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Some network and FUSE file systems refuse; the rename itself stands.
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Removes what killed writers of this file left behind. Only for the file's one writer. */
export function removeUnfinished(file: string): void {
  const start = `${basename(file)}.`;
  for (const name of readdirSync(dirname(file))) {
    if (name.startsWith(start) && name.endsWith(unfinishedSuffix)) {
      rmSync(join(dirname(file), name), { force: true });
    }
  }
}

/** The parsed text; undefined for a file that is missing, half copied or not JSON. */
export function readJsonIfWhole(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) !== undefined) return undefined;
    throw error;
  }
}
