// Converted adapters compute what they were made of; a lower rank is the nearest one.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { convertAdapter } from '../../extension/trainer/exchange/convertAdapter';
import { openEngine, readAdapter, writeValues } from '../../extension/trainer/openModel';
import { largestDifference } from './compare';
import { baseOf, golden } from './parityCase';
import { arrayOf, readArrays } from './tensorFile';

const text = Int32Array.of(3, 14, 15, 9, 26, 5);

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'adapter-lab-converted-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

async function logitsOf(adapter: string, model: string): Promise<Float32Array> {
  const base = readModelFolder(join(golden, 'models', model));
  const { modules, trainedTensors, values } = await readAdapter(adapter, base);
  const engine = await openEngine(base, { adapters: modules, trainedTensors, threads: 1 });
  await writeValues(engine, values);
  const logits = await engine.logits(text);
  await engine.dispose();
  return logits;
}

test.each([
  'gqa-tied-rslora',
  'llama3-rope-patterns',
  'llama3-rope-dora-patterns',
  'gqa-tied-dora',
  'gqa-tied-vera',
  'llama3-rope-drawn-vera',
  'qwen2-vera',
  'mha-untied-adalora',
  'mha-untied-adalora-scheduled',
  'qwen3-adalora-scheduled',
  'all-biases-adalora',
  'qwen3-magnitude-only-dora',
])('%s as plain LoRA or DoRA', async (name) => {
  const model = baseOf(name);
  const adapter = join(golden, 'adapters', name);
  const target = mkdtempSync(join(scratch, 'plain-'));
  const base = readModelFolder(join(golden, 'models', model));
  const { keptShare } = await convertAdapter(target, { base, adapter, rank: undefined });
  expect(keptShare).toBe(1);
  const config = JSON.parse(readFileSync(join(target, 'adapter_config.json'), 'utf8')) as {
    r: number;
    lora_alpha: number;
    use_rslora: boolean;
    use_dora: boolean;
    rank_pattern: object;
    alpha_pattern: object;
  };
  expect(config.lora_alpha).toBe(config.r);
  expect(config.alpha_pattern).toEqual(config.rank_pattern);
  expect(config.use_rslora).toBe(false);
  expect(config.use_dora).toBe(name.includes('dora'));
  const apart = largestDifference(await logitsOf(target, model), await logitsOf(adapter, model));
  expect(apart).toBeLessThan(1e-5);
});

test('a rank that loses nothing computes the same, a lower one loses the least it can', async () => {
  const adapter = join(golden, 'adapters', 'gqa-tied-lora');
  const base = readModelFolder(join(golden, 'models', 'gqa-tied'));
  const [first, second] = [mkdtempSync(join(scratch, 'a-')), mkdtempSync(join(scratch, 'b-'))];
  await convertAdapter(first, { base, adapter, rank: 3 });
  expect(
    largestDifference(await logitsOf(first, 'gqa-tied'), await logitsOf(adapter, 'gqa-tied')),
  ).toBeLessThan(1e-5);
  const { keptShare } = await convertAdapter(second, { base, adapter, rank: 1 });
  let [kept, all] = [0, 0];
  const [whole, lowered] = [adapter, second].map((folder) =>
    readArrays(join(folder, 'adapter_model.safetensors')),
  );
  if (whole === undefined || lowered === undefined) throw new Error('nothing was written');
  for (const key of whole.keys()) {
    if (!key.endsWith('lora_A.weight')) continue;
    const update = productOf(whole, key, { rank: 3, scale: 5 / 3 });
    const near = productOf(lowered, key, { rank: 1, scale: 1 });
    // The rest is orthogonal to what is kept.
    const squares = update.reduce((sum, value) => sum + value ** 2, 0);
    const rest = update.reduce((sum, value, i) => sum + (value - (near[i] ?? 0)) ** 2, 0);
    kept += squares - rest;
    all += squares;
  }
  expect(Math.abs(kept / all - keptShare)).toBeLessThan(1e-5);
  expect(keptShare).toBeGreaterThan(1 / 3);
  expect(keptShare).toBeLessThan(1);
});

/** scale B A, row by row. */
function productOf(
  arrays: Map<string, Float32Array>,
  key: string,
  { rank, scale }: { rank: number; scale: number },
): Float64Array {
  const a = arrayOf(arrays, key);
  const b = arrayOf(arrays, key.replace('lora_A', 'lora_B'));
  const [rows, columns] = [b.length / rank, a.length / rank];
  return Float64Array.from({ length: rows * columns }, (_, i) => {
    const [row, col] = [Math.floor(i / columns), i % columns];
    let sum = 0;
    for (let k = 0; k < rank; k += 1) sum += (b[row * rank + k] ?? 0) * (a[k * columns + col] ?? 0);
    return scale * sum;
  });
}
