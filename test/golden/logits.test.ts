// The forward pass of every architecture, in both dialects of config.json.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../extension/trainer/addon';
import { largestDifference } from './compare';
import { inOlderDialect, openEngine, openFolder } from './openEngine';
import { golden } from './parityCase';
import { arrayOf, readArrays } from './tensorFile';

const TOLERANCE = 1e-4;
const models = readdirSync(join(golden, 'models'));
const base = { adapter: null, trained: [] };

async function expectLogits(engine: Engine, model: string): Promise<void> {
  const arrays = readArrays(join(golden, 'logits', `${model}.safetensors`));
  for (const text of [0, 1, 2]) {
    const logits = await engine.logits(Int32Array.from(arrayOf(arrays, `tokens/${text}`)));
    const expected = arrayOf(arrays, `logits/${text}`);
    expect(largestDifference(logits, expected), `text ${text}`).toBeLessThanOrEqual(TOLERANCE);
  }
  await engine.dispose();
}

test('nine models are here', () => {
  expect(models).toHaveLength(9);
});

describe.each(models)('%s', (model) => {
  test('logits', async () => {
    await expectLogits(await openEngine({ model, ...base }), model);
  });

  test('logits, config.json in the dialect of transformers 4', async () => {
    await inOlderDialect(model, async (folder) => {
      await expectLogits(await openFolder(folder, base), model);
    });
  });
});
