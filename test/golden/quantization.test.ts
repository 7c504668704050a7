// Quantisation to 4-bit NormalFloat against bitsandbytes' CPU functions, bit for bit.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTensor, sourceOf } from '../../extension/model/readTensor';
import { readHeader, type SafetensorsHeader } from '../../extension/model/safetensorsHeader';
import type { TensorSource } from '../../extension/trainer/addon';
import { loadAddon } from '../../extension/trainer/loadAddon';
import { golden } from './parityCase';
import { readBytes } from './tensorFile';

const folder = join(golden, 'quantization');
const names = readdirSync(folder).map((file) => file.replace(/\.safetensors$/, ''));

function floats(header: SafetensorsHeader, name: string): Promise<Float32Array> {
  return readTensor(source(header, name));
}

function source(header: SafetensorsHeader, name: string): TensorSource {
  const found = sourceOf(header, name);
  if (found === undefined) throw new Error(`${header.file} has no ${name}.`);
  return found;
}

/** -0 and 0 differ too. */
function bitsOf(values: Float32Array | undefined): Uint32Array | undefined {
  return values && new Uint32Array(values.buffer, values.byteOffset, values.length);
}

test('there are values for single and for double quantisation', () => {
  expect(names.filter((name) => name.startsWith('double')).length).toBeGreaterThan(2);
  expect(names.length).toBeGreaterThan(6);
});

describe.each(names)('%s', (name) => {
  const header = readHeader(join(folder, `${name}.safetensors`));
  const isDouble = header.metadata.double === 'true';
  const options = { blockSize: Number(header.metadata.blockSize), double: isDouble };

  test.each([1, 3])('codes and scales, %d threads', async (threads) => {
    const made = await loadAddon().quantize(source(header, 'source'), { ...options, threads });
    expect(made.codes).toEqual(readBytes(header, 'codes'));
    if (!isDouble) {
      expect(bitsOf(made.absmax)).toEqual(bitsOf(await floats(header, 'absmax')));
      expect(made.scales).toBeUndefined();
      return;
    }
    expect(bitsOf(made.scales?.map)).toEqual(bitsOf(await floats(header, 'map')));
    expect(made.scales?.offset).toBe((await floats(header, 'offset'))[0]);
    expect(bitsOf(made.scales?.absmax)).toEqual(bitsOf(await floats(header, 'absmax_scales')));
    expect(made.scales?.codes).toEqual(readBytes(header, 'absmax_codes'));
    expect(made.absmax).toBeUndefined();
  });
});
