// Quantised bases in the cache folder: made once, found again, never trusted when they are not what was written.
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import type { Quantization } from '../../extension/shared/engineTypes';
import { openEngine } from '../../extension/trainer/openModel';
import { listCache, trimCache } from '../../extension/trainer/quantized/cacheFolder';
import { quantizedBase } from '../../extension/trainer/quantized/quantizedBase';
import { makeRun, startTrainer } from './trainerProcess';
import { Workspace } from './workspace';

const nf4: Quantization = { blockSize: 64, double: false };
let workspace: Workspace;
let cache = '';

beforeAll(() => {
  workspace = new Workspace();
});
afterAll(() => {
  workspace.remove();
});
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'adapter-lab-cache-'));
  process.env.ADAPTER_LAB_CACHE = cache;
});
afterEach(() => {
  delete process.env.ADAPTER_LAB_CACHE;
  rmSync(cache, { recursive: true, force: true });
});

/** What was noted while the base was opened: something when it had to be made. */
async function open(quantization = nf4): Promise<string[]> {
  const notes: string[] = [];
  const note = (text: string): void => void notes.push(text);
  await quantizedBase(readModelFolder(workspace.path('model')), quantization, { note });
  return notes;
}

/** The one file of the cache. */
function kept(): string {
  const [only, ...others] = listCache();
  if (only === undefined || others.length > 0) throw new Error('one file was expected');
  return only.file;
}

test('the second start finds what the first one made', async () => {
  expect(await open()).not.toEqual([]);
  const { ino, mtimeMs } = statSync(kept());
  expect(await open()).toEqual([]);
  expect(statSync(kept()).ino).toBe(ino);
  expect(statSync(kept()).mtimeMs).toBeGreaterThanOrEqual(mtimeMs);
});

test('other block sizes and double quantisation are other files, and so is another model', async () => {
  await open();
  await open({ ...nf4, double: true });
  await open({ ...nf4, blockSize: 128 });
  expect(listCache()).toHaveLength(3);
  const weights = workspace.path('model', 'model.safetensors');
  const before = readFileSync(weights);
  const changed = Buffer.from(before);
  changed.writeUInt8(changed.readUInt8(changed.length - 2) ^ 1, changed.length - 2);
  writeFileSync(weights, changed);
  try {
    expect(await open()).not.toEqual([]);
    expect(listCache()).toHaveLength(4);
  } finally {
    writeFileSync(weights, before);
  }
});

describe('is made again when it is', () => {
  const harms: [string, (file: string) => void][] = [
    [
      'cut off',
      (file) => {
        truncateSync(file, statSync(file).size - 100);
      },
    ],
    [
      'empty',
      (file) => {
        truncateSync(file, 0);
      },
    ],
    [
      'not a safetensors file',
      (file) => {
        writeFileSync(file, 'not what it was');
      },
    ],
    [
      'another by one bit',
      (file) => {
        const bytes = readFileSync(file);
        bytes.writeUInt8(bytes.readUInt8(bytes.length - 200) ^ 4, bytes.length - 200);
        writeFileSync(file, bytes);
      },
    ],
  ];
  test.each(harms)('%s', async (_, harm) => {
    await open();
    const whole = readFileSync(kept());
    harm(kept());
    expect(await open()).not.toEqual([]);
    expect(readFileSync(kept()).equals(whole)).toBe(true);
  });
});

test('trainers that start at once make one file, and both train', async () => {
  const settings = { method: 'qlora', training: { batchSize: 4, steps: 2 } };
  const trainers = [1, 2, 3].map(() => startTrainer(makeRun(workspace, settings)));
  for (const { ended } of trainers) expect((await ended).code).toBe(0);
  expect(existsSync(kept())).toBe(true);
  expect(readdirSync(join(cache, 'quantized')).filter((name) => name.includes('.unf'))).toEqual([]);
});

test('a folder that cannot be written to is told with the way out', async () => {
  writeFileSync(join(cache, 'quantized'), 'in the way');
  await expect(open()).rejects.toThrow(/cannot be kept in .*ADAPTER_LAB_CACHE/);
});

test('what was not used for longest goes first, what may be in use stays', async () => {
  await open();
  const first = kept();
  await open({ ...nf4, double: true });
  trimCache(0);
  expect(listCache()).toHaveLength(2);
  const dayAgo = new Date(Date.now() - 24 * 60 * 60 * 1000);
  utimesSync(first, dayAgo, dayAgo);
  trimCache(0);
  expect(listCache()).toHaveLength(1);
  expect(existsSync(first)).toBe(false);
});

test('the engine holds a seventh of the linear modules, and says so', async () => {
  const folder = readModelFolder(workspace.path('model'));
  const plain = await openEngine(folder, { training: true });
  const base = await quantizedBase(folder, nf4);
  const quantized = await openEngine(base, { training: true });
  const linears = folder.linears.reduce((sum, linear) => sum + linear.in * linear.out, 0);
  const saved = (await plain.memory()).weights - (await quantized.memory()).weights;
  expect(saved / (4 * linears)).toBeGreaterThan(0.8);
  await plain.dispose();
  await quantized.dispose();
});
