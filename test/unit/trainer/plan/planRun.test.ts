// Plans against what can be counted by hand, and against each other.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readModelConfig } from '../../../../extension/model/config';
import { layoutOf } from '../../../../extension/model/layout';
import { parseExperiment } from '../../../../extension/shared/experimentFile';
import { planRun, type PlannedRun } from '../../../../extension/trainer/plan/planRun';

const golden = join(import.meta.dirname, '../../../golden');
const llama7b = layoutOf(readModelConfig(join(golden, 'paper-models/llama-7b')));
const speed = { operationsPerSecond: 1e12, storedOperationsPerSecond: 2e12, bytesPerSecond: 1e11 };

function plan(settings: object, layout = llama7b, hasGpu = false): PlannedRun {
  const base = { name: 'a', model: 'm', data: { train: ['a.json'], maxLength: 100 } };
  const [run] = parseExperiment(JSON.stringify({ ...base, ...settings }), 'a').runs;
  if (run === undefined) throw new Error('no run');
  const placeOf = () => ({ file: 'a' });
  const context = { layout, placeOf, recordTokens: undefined, speed, hasGpu: () => hasGpu };
  return planRun(run.settings, context);
}

/** Of the layers' linear modules and of the head, LLaMA-7B. */
const layerWeights = 32 * (4 * 4096 * 4096 + 3 * 4096 * 11008);
const headWeights = 32_000 * 4096;
/** Of two records of 100 tokens, the last of which foretell nothing. */
const tokens = 198;
const training = { batchSize: 2 };

describe('the products of a step', () => {
  test('of full fine-tuning: forward, input gradients, weight gradients', () => {
    const { work, batch } = plan({ method: 'full', training });
    expect(batch).toEqual({ tokens: 200, counted: 200, texts: 2 });
    expect(work.productOperations).toBe(2 * tokens * (3 * layerWeights + 2 * headWeights));
    // Scores and values forward, five products backward, over half of the places: of 32 layers.
    expect(work.attentionOperations).toBe(7 * 2 * tokens * 49.5 * 4096 * 32);
  });

  test("of LoRA: the base's without weight gradients, the adapter's with them", () => {
    const adapter = { rank: 8, targets: ['q_proj'], dropout: 0 };
    const { work } = plan({ method: 'lora', adapter, training });
    const low = 32 * 8 * (4096 + 4096);
    const counted = 2 * layerWeights + 3 * low + 2 * headWeights;
    expect(work.productOperations).toBe(2 * tokens * counted);
  });

  test('of them with weights that lie in bf16', () => {
    const stored = (settings: object): number => plan(settings).work.storedOperations;
    const frozen = 2 * tokens * (2 * layerWeights + 2 * headWeights);
    expect(stored({ method: 'lora', training })).toBe(frozen);
    expect(stored({ method: 'lora', training: { ...training, baseWeights: 'f32' } })).toBe(0);
    expect(stored({ method: 'full', training })).toBe(2 * tokens * 2 * headWeights);
    expect(stored({ method: 'qlora', training })).toBe(2 * tokens * 2 * headWeights);
  });

  test('of DoRA: its norms once a step, however many micro-batches', () => {
    const adapter = { rank: 8, targets: ['q_proj'] };
    const [lora, dora] = ['lora', 'dora'].map((method) =>
      plan({ method, adapter, training: { ...training, accumulation: 4 } }),
    );
    const more = (dora?.work.productOperations ?? 0) - (lora?.work.productOperations ?? 0);
    expect(more).toBe(32 * 2 * 8 * 4096 * (4096 + 8 + 8));
  });

  test('layers below the first trained one have no pass back; checkpointing adds one forward', () => {
    const adapter = { rank: 8, targets: ['q_proj'], layers: [16] };
    const half = plan({ method: 'lora', adapter, training }).work.productOperations;
    const low = 8 * (4096 + 4096);
    const base = 1.5 * (layerWeights + low) + low + 2 * headWeights;
    expect(half).toBe(2 * tokens * base);
    const again = plan({
      ...{ method: 'lora', adapter },
      training: { ...training, activationCheckpointing: true },
    });
    const more = 2 * tokens * 0.5 * (layerWeights + low);
    expect(again.work.productOperations).toBe(half + more);
  });
});

test('windows bound what a token attends to', () => {
  const config = readModelConfig(join(golden, 'paper-models/llama-7b'));
  const windows = config.shape.windows.map(() => 10);
  const windowed = layoutOf({ ...config, shape: { ...config.shape, windows } });
  const { work } = plan({ method: 'full', training }, windowed);
  expect(work.attentionOperations).toBe(7 * 2 * tokens * 10 * 4096 * 32);
});

test('time follows work; accumulation makes a step longer, and needs no more memory', () => {
  const one = plan({ method: 'lora', training });
  const four = plan({ method: 'lora', training: { ...training, accumulation: 4 } });
  expect((four.secondsPerStep ?? 0) / (one.secondsPerStep ?? 1)).toBeCloseTo(4, 1);
  expect(four.peakBytes).toBe(one.peakBytes);
  const { productOperations, storedOperations, attentionOperations, movedBytes } = one.work;
  const operations = productOperations - storedOperations + attentionOperations;
  const seconds = (operations / 1e12 + storedOperations / 2e12) / 0.92 + movedBytes / 1e11;
  expect(one.secondsPerStep).toBeCloseTo(seconds, 9);
});

test('a plan is of the device that would be chosen', () => {
  const run = { method: 'lora', training };
  const onGpu = plan({ ...run, device: 'cuda' });
  expect(plan({ ...run, device: 'auto' }, llama7b, true)).toEqual(onGpu);
  expect(onGpu.memory.activations).toBeLessThan(0.6 * plan(run).memory.activations);
  expect(onGpu.secondsPerStep).toBeNull();
  expect(plan({ ...run, device: 'cpu' }, llama7b, true)).toEqual(plan(run));
});

test('PiSSA changes the weights: they are f32, however they lie, and nothing widens them', () => {
  const adapter = { rank: 8, targets: ['down_proj'], dropout: 0, detachNorm: false };
  // So many tokens that rows of a weight, widened in the pass back, would be on top of all else.
  const data = { train: ['a.json'], maxLength: 125 };
  const memoryOf = (init: string, baseWeights: string, hasGpu = false): PlannedRun['memory'] => {
    const run = { method: 'dora', data, adapter: { ...adapter, init } };
    return plan({ ...run, training: { batchSize: 1, baseWeights } }, llama7b, hasGpu).memory;
  };
  const changed = memoryOf('pissa', 'f32');
  expect(memoryOf('pissa', 'stored')).toEqual(changed);
  expect(memoryOf('pissa', 'f32', true).weights).toBe(changed.weights);
  // Others hold half of the matrices' bytes, and 256 rows of one in f32.
  const [wide, stored] = [memoryOf('default', 'f32'), memoryOf('default', 'stored')];
  expect(wide.weights).toBe(changed.weights);
  expect(stored.weights / wide.weights).toBeCloseTo(0.5, 3);
  expect(stored.activations).toBeGreaterThan(wide.activations);
});
