// Copies what others load of a checkpoint (the PEFT adapter, or the model folder of full fine-tuning) to a folder
// of its own, which appears by rename when it is whole.
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../shared/failures';
import { unfinishedSuffix } from './atomicFile';
import { errorCode, problemOf } from './systemError';

/** Of the trainer alone, to go on from. */
const trainerFiles = /^(optimizer(\.|-).*|trainer_state\.json)$/;

export interface CopyOptions {
  /** Nothing stays of a copy that is aborted. */
  signal?: AbortSignal;
  /** Called as bytes arrive. */
  onProgress?: (done: { bytes: number; ofBytes: number }) => void;
}

/** Names of the files; a folder that is there and not empty is refused. */
export async function exportCheckpoint(
  checkpoint: string,
  out: string,
  { signal, onProgress }: CopyOptions = {},
): Promise<string[]> {
  await refuseFilled(out);
  const staging = join(dirname(out), `.${basename(out)}.${process.pid}${unfinishedSuffix}`);
  try {
    const files = await filesOf(checkpoint);
    const ofBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    let bytes = 0;
    await mkdir(staging, { recursive: true });
    for (const { name } of files) {
      const source = createReadStream(join(checkpoint, name));
      source.on('data', (chunk) => {
        bytes += chunk.length;
        onProgress?.({ bytes, ofBytes });
      });
      const target = createWriteStream(join(staging, name), { flush: true });
      await pipeline(source, target, ...(signal === undefined ? [] : [{ signal }]));
    }
    // Windows renames onto no folder, not even an empty one.
    await rmdir(out).catch(() => undefined);
    await rename(staging, out);
    return files.map(({ name }) => name);
  } catch (error) {
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
    throw asFailure(error, checkpoint, out);
  }
}

async function filesOf(checkpoint: string): Promise<{ name: string; bytes: number }[]> {
  const entries = await readdir(checkpoint, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && !trainerFiles.test(entry.name))
    .map(({ name }) => name)
    .sort();
  return Promise.all(
    names.map(async (name) => ({ name, bytes: (await stat(join(checkpoint, name))).size })),
  );
}

async function refuseFilled(out: string): Promise<void> {
  try {
    if ((await readdir(out)).length > 0) throw new Failure('output-exists', { folder: out });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    if (error instanceof Failure) throw error;
    throw new Failure('output-unwritable', { path: out, problem: problemOf(error) });
  }
}

function asFailure(error: unknown, checkpoint: string, out: string): unknown {
  const code = errorCode(error);
  if (error instanceof Failure || code === undefined || code === 'ABORT_ERR') return error;
  if (code === 'ENOENT') {
    return new Failure('file-missing', { file: checkpoint, what: 'the checkpoint' });
  }
  return new Failure('output-unwritable', { path: out, problem: problemOf(error) });
}
