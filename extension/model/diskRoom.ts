// Refuses to begin a file that the disk has no room for.
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../shared/failures';
import { asFileFailure } from './jsonFile';

export async function checkRoom(file: string, neededBytes: number): Promise<void> {
  const folder = dirname(file);
  const room = await statfs(folder).catch((error: unknown) => {
    throw asFileFailure(error, folder, 'the folder to write to');
  });
  const freeBytes = room.bavail * room.bsize;
  // Some file systems do not tell.
  if (room.blocks > 0 && freeBytes < neededBytes)
    throw new Failure('disk-full', { file, neededBytes });
}
