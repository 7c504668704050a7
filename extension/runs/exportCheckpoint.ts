// Copies what others load of a checkpoint: the PEFT adapter, or the model folder of full fine-tuning.
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../shared/failures';
import { errorCode } from '../shared/systemError';

/** Of the trainer alone, to go on from. */
const trainerFiles = /^(optimizer(\.|-).*|trainer_state\.json)$/;

/** Into a folder that is there; names of the files. `onBytes` as bytes arrive. */
export async function exportCheckpoint(
  checkpoint: string,
  target: string,
  onBytes: (done: number, of: number) => void = () => undefined,
): Promise<string[]> {
  const files = await filesOf(checkpoint);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  for (const { name } of files) {
    const source = createReadStream(join(checkpoint, name));
    source.on('data', (chunk) => {
      done += chunk.length;
      onBytes(done, total);
    });
    await pipeline(source, createWriteStream(join(target, name), { flush: true }));
  }
  return files.map(({ name }) => name);
}

async function filesOf(checkpoint: string): Promise<{ name: string; bytes: number }[]> {
  try {
    const entries = await readdir(checkpoint, { withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isFile() && !trainerFiles.test(entry.name))
      .map(({ name }) => name)
      .sort();
    return await Promise.all(
      names.map(async (name) => ({ name, bytes: (await stat(join(checkpoint, name))).size })),
    );
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new Failure('file-missing', { file: checkpoint, what: 'the checkpoint' });
  }
}
