// Tells whether a model folder is the one that a run was trained on, without reading all of it.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ModelFolder } from './folder';

const wholeBytes = 16 * 1024 * 1024;
const blockBytes = 1024 * 1024;
const blocks = 16;

/**
 * sha256 over config.json, tokenizer.json and, of each weights file, its name, size and bytes: all of them up to
 * 16 MB, otherwise 16 blocks of 1 MB spread evenly from the header to the end. Training moves every weight, so a
 * changed model shows in any block.
 */
export async function fingerprintModel({ path, weights }: ModelFolder): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['config.json', 'tokenizer.json']) {
    const file = join(path, name);
    if (existsSync(file)) hash.update(name).update(await readFile(file));
  }
  for (const { file, fileBytes } of weights.headers) {
    hash.update(`${basename(file)} ${fileBytes}\n`);
    for await (const bytes of sampledBytes(file, fileBytes)) hash.update(bytes);
  }
  return hash.digest('hex');
}

async function* sampledBytes(file: string, fileBytes: number): AsyncGenerator<Uint8Array> {
  const isWhole = fileBytes <= wholeBytes;
  const count = isWhole ? Math.ceil(fileBytes / blockBytes) : blocks;
  const stride = isWhole ? blockBytes : Math.floor((fileBytes - blockBytes) / (blocks - 1));
  const handle = await open(file, 'r');
  try {
    for (let i = 0; i < count; i += 1) {
      const block = new Uint8Array(blockBytes);
      const { bytesRead } = await handle.read(block, 0, blockBytes, i * stride);
      yield block.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
