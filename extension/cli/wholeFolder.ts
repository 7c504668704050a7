// A folder or file that appears whole: written under another name, which goes with whatever ends the process.
import { rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { constants } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { errorCode, problemOf } from '../shared/systemError';
import { Failure } from '../shared/failures';

/** `fill` gets an empty folder, which becomes `out`; `out` must not exist, or be empty. */
export async function writeWholeFolder<T>(
  out: string,
  fill: (folder: string) => Promise<T>,
): Promise<T> {
  await refuseFilled(out);
  return writeUnfinished(out, async (unfinished) => {
    await mkdir(unfinished, { recursive: true });
    const written = await fill(unfinished);
    // Windows renames onto no folder, not even an empty one.
    await rmdir(out).catch(() => undefined);
    await rename(unfinished, out);
    return written;
  });
}

/** `write` gets the path of a file to make, which becomes `out`; `out` must not exist. */
export async function writeWholeFile<T>(
  out: string,
  write: (file: string) => Promise<T>,
): Promise<T> {
  const found = await stat(out).catch(() => undefined);
  if (found !== undefined) throw new Failure('file-exists', { file: out });
  return writeUnfinished(out, async (unfinished) => {
    const written = await write(unfinished);
    await rename(unfinished, out);
    return written;
  });
}

async function refuseFilled(out: string): Promise<void> {
  try {
    if ((await readdir(out)).length > 0) throw new Failure('output-exists', { folder: out });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw asOutputFailure(error, out);
  }
}

async function writeUnfinished<T>(
  out: string,
  write: (unfinished: string) => Promise<T>,
): Promise<T> {
  const unfinished = join(dirname(out), `.${basename(out)}.${process.pid}.unfinished`);
  const onSignal = (signal: NodeJS.Signals): void => {
    rmSync(unfinished, { recursive: true, force: true });
    process.exit(128 + constants.signals[signal]);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await write(unfinished);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    throw asOutputFailure(error, out);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

function asOutputFailure(error: unknown, out: string): unknown {
  if (error instanceof Failure || errorCode(error) === undefined) return error;
  return new Failure('output-unwritable', { path: out, problem: problemOf(error) });
}
