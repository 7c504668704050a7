// Dropout has no golden masks: B's gradient over many masks has PEFT's mean and deviation instead. With B = 0 and the
// magnitude at the row norm it is linear in the mask, for LoRA and for DoRA.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openEngine } from './openEngine';
import { counted, golden, pack, readJson, type Texts } from './parityCase';
import { arrayOf, readArrays } from './tensorFile';

interface DropoutCase extends Texts {
  model: string;
  dropout: number;
  rank: number;
  scale: number;
  masks: number;
  modules: string[];
}

const MASKS = 1500;
const DEVIATIONS = 5; // of the mean's own error: one in 10^6 by chance
const SPREAD = 0.12; // deviation of 2,000 against 1,500 draws
const arrays = readArrays(join(golden, 'dropout.safetensors'));
const wanted = readJson('dropout.json') as DropoutCase;

async function drawGradients(magnitude: boolean): Promise<Map<string, Float32Array[]>> {
  const adapters = wanted.modules.map((name) => ({
    ...wanted,
    name,
    kind: 'lora' as const,
    magnitude,
  }));
  const engine = await openEngine({
    ...wanted,
    adapter: null,
    trained: [],
    adapters,
    training: true,
  });
  for (const module of wanted.modules) {
    await engine.write(
      'value',
      `${module}.lora_A.weight`,
      arrayOf(arrays, `${module}.lora_A.weight`),
    );
  }
  const batch = pack(wanted);
  const draws = new Map(wanted.modules.map((module): [string, Float32Array[]] => [module, []]));
  const keep = {
    learningRate: 0,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    clipNorm: 0,
  };
  for (let seed = 1; seed <= MASKS; seed++) {
    await engine.accumulate(batch, 1 / counted(batch), seed);
    for (const [module, list] of draws)
      list.push(await engine.read('gradient', `${module}.lora_B.weight`));
    await engine.update({ ...keep, step: seed });
  }
  await engine.dispose();
  return draws;
}

function momentsOf(draws: Float32Array[], index: number): { mean: number; deviation: number } {
  const mean = draws.reduce((sum, draw) => sum + (draw[index] ?? NaN), 0) / draws.length;
  const squares = draws.reduce((sum, draw) => sum + ((draw[index] ?? NaN) - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (draws.length - 1)) };
}

test.each([{ magnitude: false }, { magnitude: true }])(
  'gradients under dropout have the mean and the deviation of PEFT, $magnitude',
  async ({ magnitude }) => {
    for (const [module, draws] of await drawGradients(magnitude)) {
      const means = arrayOf(arrays, `mean/${module}`);
      arrayOf(arrays, `deviation/${module}`).forEach((deviation, index) => {
        const ours = momentsOf(draws, index);
        const error = deviation * Math.sqrt(1 / MASKS + 1 / wanted.masks);
        expect(Math.abs(ours.mean - (means[index] ?? NaN)), `${module} ${index}`).toBeLessThan(
          DEVIATIONS * error,
        );
        expect(Math.abs(ours.deviation / deviation - 1), `${module} ${index}`).toBeLessThan(SPREAD);
      });
    }
  },
  60_000,
);
