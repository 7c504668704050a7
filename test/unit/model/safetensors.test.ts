// Safetensors files: what was written is read, and a broken header is refused, whatever is broken in it.
import { readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTensor, sourceOf } from '../../../extension/model/readTensor';
import { readHeader } from '../../../extension/model/safetensorsHeader';
import { writeSafetensors } from '../../../extension/model/safetensorsWriter';
import type { DType } from '../../../extension/shared/engineTypes';
import { Failure } from '../../../extension/shared/failures';
import { emptyFolder, failureOf, modelPath, writeRawSafetensors } from './modelFixture';

const values = Float32Array.from([
  0,
  -0,
  1,
  -2.5,
  65504,
  6e-5,
  1e-7,
  Infinity,
  -Infinity,
  3.140625,
]);

async function writeOne(file: string, dtype: DType): Promise<void> {
  const content = () => Promise.resolve(values);
  await writeSafetensors(file, [{ name: 'a', dtype, shape: [2, 5], content }], { format: 'pt' });
}

async function readOne(file: string, name: string): Promise<Float32Array> {
  const source = sourceOf(readHeader(file), name);
  if (source === undefined) throw new Error(`${name} is not there`);
  return readTensor(source);
}

describe('writing and reading', () => {
  test.each([
    ['f32' as const, 0],
    ['f16' as const, 2 ** -11],
    ['bf16' as const, 2 ** -8],
  ])('%s comes back within its rounding', async (dtype, tolerance) => {
    const file = join(emptyFolder(), 'x.safetensors');
    await writeOne(file, dtype);
    const read = await readOne(file, 'a');
    values.forEach((value, i) => {
      const got = read[i] ?? NaN;
      if (Number.isFinite(value)) {
        expect(Math.abs(got - value)).toBeLessThanOrEqual(Math.abs(value) * tolerance + 3e-8);
      } else expect(got).toBe(value);
    });
    expect(readHeader(file).metadata).toEqual({ format: 'pt' });
  });

  test('every 16-bit number survives', async () => {
    const file = join(emptyFolder(), 'all.safetensors');
    for (const dtype of ['f16', 'bf16'] as const) {
      const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
      const header = {
        a: { dtype: dtype.toUpperCase(), shape: [65536], data_offsets: [0, 131072] },
      };
      writeRawSafetensors(file, JSON.stringify(header), 131072);
      const bytes = readFileSync(file);
      Buffer.from(halves.buffer).copy(bytes, bytes.length - 131072);
      writeFileSync(file, bytes);
      const wide = await readOne(file, 'a');
      const back = join(emptyFolder(), 'back.safetensors');
      const content = () => Promise.resolve(wide);
      await writeSafetensors(back, [{ name: 'a', dtype, shape: [65536], content }]);
      const got = readFileSync(back);
      const again = new Uint16Array(got.buffer.slice(got.byteOffset + got.length - 131072));
      const isNan = (i: number): boolean => Number.isNaN(wide[i]);
      expect(again.findIndex((half, i) => half !== i && !isNan(i))).toBe(-1);
    }
  });

  test('halves round to nearest, ties to even', async () => {
    const file = join(emptyFolder(), 'x.safetensors');
    const cases = Float32Array.from([
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      65519,
      65520,
      2 ** -25,
      2 ** -24 * 1.5,
    ]);
    const content = () => Promise.resolve(cases);
    await writeSafetensors(file, [{ name: 'a', dtype: 'f16', shape: [6], content }]);
    const read = await readOne(file, 'a');
    expect([...read]).toEqual([1, 1 + 2 ** -9, 65504, Infinity, 0, 2 ** -23]);
  });

  test('a tensor is copied from another file as it is', async () => {
    const from = join(modelPath('gqa-tied'), 'model.safetensors');
    const name = 'model.embed_tokens.weight';
    const source = sourceOf(readHeader(from), name);
    if (source === undefined) throw new Error('no embedding');
    const to = join(emptyFolder(), 'copy.safetensors');
    await writeSafetensors(to, [
      { name, dtype: source.dtype, shape: source.shape, content: source },
    ]);
    expect(await readOne(to, name)).toEqual(await readOne(from, name));
  });

  test.each(['ENOSPC', 'EDQUOT', 'disk-full'])(
    'a full disk (%s) is one sentence and leaves nothing',
    async (code) => {
      const folder = emptyFolder();
      const content = () => Promise.reject(Object.assign(new Error('no room'), { code }));
      const tensors = [{ name: 'a', dtype: 'f32' as const, shape: [1], content }];
      await expect(writeSafetensors(join(folder, 'x.safetensors'), tensors)).rejects.toMatchObject({
        code: 'disk-full',
        data: { neededBytes: 68 },
      });
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test('every tensor starts at a multiple of its size', async () => {
    const file = join(emptyFolder(), 'x.safetensors');
    const tensors = (['bf16', 'f32'] as const).map((dtype, i) => {
      const content = () => Promise.resolve(new Float32Array(3));
      return { name: `t${i}`, dtype, shape: [3], content };
    });
    await writeSafetensors(file, tensors);
    expect(readHeader(file).tensors.get('t1')?.offsetBytes).toSatisfy(
      (offset: number) => offset % 8 === 0,
    );
  });
});

const good = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
const other = { dtype: 'F32', shape: [2], data_offsets: [8, 16] };

describe('a broken header is refused', () => {
  test.each<[string, unknown, number, RegExp]>([
    ['not an object', [1], 0, /header is not a JSON object/],
    ['unknown dtype', { a: { ...good, dtype: 'F33' } }, 8, /tensor a: its dtype is unknown: "F33"/],
    ['dtype of the prototype', { a: { ...good, dtype: 'toString' } }, 8, /dtype is unknown/],
    ['negative shape', { a: { ...good, shape: [-2] } }, 8, /shape is not a list of whole numbers/],
    ['shape and size', { a: { ...good, shape: [3] } }, 8, /needs 12 bytes, but .* give it 8/],
    ['overflowing shape', { a: { ...good, shape: [2 ** 52, 2 ** 52] } }, 8, /needs .* bytes/],
    ['offsets backwards', { a: { ...good, data_offsets: [8, 0] } }, 8, /data_offsets/],
    [
      'offsets behind the end',
      { a: { ...good, data_offsets: [0, 9007199254740000] } },
      8,
      /cut off/,
    ],
    ['three offsets', { a: { ...good, data_offsets: [0, 4, 8] } }, 8, /data_offsets/],
    [
      'overlap',
      { a: good, b: { ...other, data_offsets: [4, 12] } },
      12,
      /tensor b: its bytes overlap/,
    ],
    [
      'hole',
      { a: good, b: { ...other, data_offsets: [12, 20] } },
      20,
      /4 bytes before it belong to no/,
    ],
    ['bytes left over', { a: good }, 12, /4 bytes at its end belong to no tensor/],
    ['entry is a text', { a: 'x' }, 0, /tensor a: its entry in the header is not an object/],
    ['metadata', { __metadata__: { a: 1 } }, 0, /__metadata__ must be an object of texts/],
  ])('%s', async (_, header, dataBytes, sentence) => {
    const file = join(emptyFolder(), 'model.safetensors');
    writeRawSafetensors(file, JSON.stringify(header), dataBytes);
    const failure = await failureOf(() => readHeader(file));
    expect(failure.message).toMatch(sentence);
    expect(failure.message).toContain(file);
  });

  test('two tensors of one name', async () => {
    const file = join(emptyFolder(), 'model.safetensors');
    writeRawSafetensors(file, `{"a":${JSON.stringify(good)},"a":${JSON.stringify(good)}}`, 8);
    expect((await failureOf(() => readHeader(file))).message).toMatch(/names "a" twice/);
  });

  test('a truncated file', async () => {
    const file = join(emptyFolder(), 'model.safetensors');
    await writeOne(file, 'f32');
    const size = readFileSync(file).length;
    for (const cut of [0, 5, 8, 20, size - 1]) {
      truncateSync(file, Math.min(cut, size));
      expect((await failureOf(() => readHeader(file))).message).toMatch(/broken|cut off|no header/);
      await writeOne(file, 'f32');
    }
  });

  test('a header longer than any file', async () => {
    const file = join(emptyFolder(), 'model.safetensors');
    for (const length of [2n ** 63n, 2n ** 64n - 1n, 10n ** 9n]) {
      const bytes = Buffer.alloc(64);
      bytes.writeBigUInt64LE(length, 0);
      writeFileSync(file, bytes);
      expect((await failureOf(() => readHeader(file))).message).toMatch(/more than 100 MB/);
    }
  });
});

test('a header changed at random is refused or read within the file', () => {
  const file = join(emptyFolder(), 'model.safetensors');
  const bytes = readFileSync(join(modelPath('gqa-tied'), 'model.safetensors'));
  const headerBytes = Number(bytes.readBigUInt64LE(0));
  const random = generator(7);
  const alphabet = '{}[]",:0123456789-.eEFB \\u\0\xff';
  for (let round = 0; round < 1000; round += 1) {
    const changed = Buffer.from(bytes);
    for (let change = 0; change <= random() * 4; change += 1) {
      const at = Math.floor(random() * (8 + headerBytes));
      changed[at] = alphabet.charCodeAt(Math.floor(random() * alphabet.length)) & 0xff;
    }
    writeFileSync(
      file,
      changed.subarray(0, random() < 0.2 ? random() * changed.length : undefined),
    );
    checkRead(file);
  }
});

function checkRead(file: string): void {
  try {
    const { tensors, fileBytes } = readHeader(file);
    for (const { offsetBytes, sizeBytes } of tensors.values()) {
      expect(offsetBytes).toBeGreaterThanOrEqual(8);
      expect(offsetBytes + sizeBytes).toBeLessThanOrEqual(fileBytes);
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(error.message).toContain(file);
  }
}

/** Numbers in [0, 1), the same in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
