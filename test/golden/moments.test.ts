// Moments in 8 bits against bitsandbytes' CPU functions, bit for bit.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Engine, Moment } from '../../extension/trainer/addon';
import { openEngine } from './openEngine';
import { golden } from './parityCase';
import { arrayOf, readArrays } from './tensorFile';

const arrays = readArrays(join(golden, 'moments.safetensors'));
const table = 'model.embed_tokens.weight';
const opening = { model: 'gqa-tied', adapter: null, trained: [table], training: true };

async function codesOf(engine: Engine, moment: Moment): Promise<Float32Array> {
  const folder = mkdtempSync(join(tmpdir(), 'adapter-lab-moments-'));
  const file = join(folder, 'codes');
  writeFileSync(file, '');
  await engine.save(file, [{ state: moment, name: table, offsetBytes: 0, sizeBytes: 96 * 48 }]);
  const codes = Float32Array.from(readFileSync(file));
  rmSync(folder, { recursive: true });
  return codes;
}

test.each([
  { moment: 'moment1', scales: 'scales1', threads: 1 },
  { moment: 'moment2', scales: 'scales2', threads: 3 },
] as const)('$moment is quantised and widened', async ({ moment, scales, threads }) => {
  const engine = await openEngine({ ...opening, eightBitMoments: true, threads });
  await engine.write(moment, table, arrayOf(arrays, `${moment}/values`));
  const codes = await codesOf(engine, moment);
  expect(codes).toEqual(arrayOf(arrays, `${moment}/codes`));
  expect(new Set(codes).size).toBeGreaterThan(120);
  expect(await engine.read(scales, table)).toEqual(arrayOf(arrays, `${moment}/scales`));
  expect(await engine.read(moment, table)).toEqual(arrayOf(arrays, `${moment}/widened`));
  await engine.dispose();
});

test.each([
  { moment: 'moment1', scales: 'scales1' },
  { moment: 'moment2', scales: 'scales2' },
] as const)('$moment has the values of the dynamic map', async ({ moment, scales }) => {
  const engine = await openEngine({ ...opening, eightBitMoments: true });
  await engine.writeCodes(
    moment,
    table,
    Uint8Array.from({ length: 96 * 48 }, (_, i) => i % 256),
  );
  await engine.write(scales, table, new Float32Array(18).fill(1));
  const map = (await engine.read(moment, table)).slice(0, 256);
  expect(map).toEqual(arrayOf(arrays, `${moment}/map`));
  await engine.dispose();
});

test('they take a quarter of the memory', async () => {
  const sizes = await Promise.all(
    [false, true].map(async (eightBitMoments) => {
      const engine = await openEngine({ ...opening, eightBitMoments });
      const { optimizer } = await engine.memory();
      await engine.dispose();
      return optimizer - 4 * 96 * 48;
    }),
  );
  expect((sizes[1] ?? NaN) / (sizes[0] ?? NaN)).toBeLessThan(0.26);
});
