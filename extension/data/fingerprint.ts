// Tells whether data files are those that a run was trained on.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** sha256 of all bytes of each file, in the order given. */
export async function fingerprintFiles(files: string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    let sizeBytes = 0;
    for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
      const bytes = chunk as Uint8Array;
      sizeBytes += bytes.length;
      hash.update(bytes);
    }
    hash.update(`\n${sizeBytes}\n`);
  }
  return hash.digest('hex');
}
