// The sha256 of a whole file, remembered for as long as the file system says that it is the same file: weights of many
// gigabytes are read through once.
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../runs/atomicFile';

const blockBytes = 4 * 1024 * 1024;

export async function contentHash(file: string, cache: string): Promise<string> {
  const { size, mtimeNs, ctimeNs, ino, dev } = statSync(file, { bigint: true });
  const identity = [file, size, mtimeNs, ctimeNs, ino, dev].join('\n');
  const remembered = join(cache, `${createHash('sha256').update(identity).digest('hex')}.hash`);
  try {
    const text = readFileSync(remembered, 'utf8');
    if (/^[0-9a-f]{64}$/.test(text)) return text;
  } catch {
    // It was never read, or nobody remembers.
  }
  const hash = createHash('sha256');
  const stream = createReadStream(file, { highWaterMark: blockBytes });
  for await (const block of stream) hash.update(block as Uint8Array);
  const sum = hash.digest('hex');
  writeAtomically(remembered, sum, false);
  return sum;
}
