// PiSSA against PEFT: singular values, losses of five steps, and the adapter that is saved for the whole weights.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { readHeader } from '../../extension/model/safetensorsHeader';
import { peftFiles } from '../../extension/runs/adapterFolder';
import type { AdapterModule } from '../../extension/trainer/addon';
import { fillCheckpoint, restoreCheckpoint } from '../../extension/trainer/checkpoint';
import { adapterModules, type LowRankConfig } from '../../extension/trainer/lowRank';
import { openEngine, readAdapter, writeValues } from '../../extension/trainer/openModel';
import { withPrincipalPairs } from '../../extension/trainer/principalPair';
import { largestDifference } from './compare';
import { counted, golden, pack, readJson, type Texts } from './parityCase';
import { arrayOf, readArrays } from './tensorFile';

interface PrincipalCase {
  model: string;
  rank: number;
  alpha: number;
  targets: string[];
  dora: boolean;
  rslora: boolean;
  steps: Texts[][];
  losses: number[];
  tokens: number[];
  modules: string[];
}

const LOSS = 1e-5;
const LOGIT = 1e-4;
const SINGULAR = 2e-6; // relative
const optimizer = {
  ...{ learningRate: 2e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-6 },
  ...{ weightDecay: 0, clipNorm: 0 },
};
const cases = readJson('principal.json') as PrincipalCase[];
const arrays = readArrays(join(golden, 'principal.safetensors'));

test.each(cases)('$model', async ({ model, steps, losses, ...wanted }) => {
  const folder = readModelFolder(join(golden, 'models', model));
  const lowRank: LowRankConfig = {
    ...{ rank: wanted.rank, alpha: wanted.alpha, dropout: 0, rslora: wanted.rslora },
    ...{ dora: wanted.dora, targets: wanted.targets, rankPattern: {}, alphaPattern: {} },
    ...{ layers: undefined, principal: true },
  };
  const adapters = adapterModules(lowRank, folder, () => ({ file: 'test' }));
  expect(adapters.map(({ name }) => name).sort()).toEqual([...wanted.modules].sort());
  const spec = { adapters, training: true, threads: 2 };
  const engine = await openEngine(folder, spec);
  for (const { deltaD, deltaM } of await engine.slopes()) {
    expect(deltaD).toBeLessThan(1e-6);
    expect(deltaM).toBeLessThan(1e-5);
  }
  for (const { name, rank, scale } of adapters) {
    const a = await engine.read('value', `${name}.lora_A.weight`);
    const columns = a.length / rank;
    arrayOf(arrays, `${model}/${name}`).forEach((sigma, i) => {
      const row = a.subarray(i * columns, (i + 1) * columns);
      const squares = row.reduce((sum, value) => sum + value * value, 0);
      expect(Math.abs((scale * squares) / sigma - 1), `${name} ${i}`).toBeLessThan(SINGULAR);
    });
  }
  for (const [index, [texts]] of steps.entries()) {
    if (texts === undefined) throw new Error('a step without texts');
    const batch = pack(texts);
    const { lossSum, tokens } = await engine.accumulate(batch, 1 / counted(batch), 0);
    expect(Math.abs(lossSum / tokens - (losses[index] ?? NaN))).toBeLessThan(LOSS);
    await engine.update({ ...optimizer, step: index + 1 });
  }
  const trained = await engine.slopes();
  const logits = arrayOf(arrays, `${model}/logits`);
  const tokens = Int32Array.from(wanted.tokens);
  expect(largestDifference(await engine.logits(tokens), logits)).toBeLessThan(LOGIT);

  const saved = mkdtempSync(join(tmpdir(), 'adapter-lab-principal-'));
  try {
    await fillCheckpoint(saved, 5, { engine, folder, lowRank, averages: false });
    const adapter = await readAdapter(saved, folder);
    expect(adapter.config.rank).toBe(2 * wanted.rank);
    const plain = await openEngine(folder, { adapters: adapter.modules });
    await writeValues(plain, adapter.values);
    expect(largestDifference(await plain.logits(tokens), logits)).toBeLessThan(LOGIT);
    for (const [i, { deltaM, deltaD }] of (await plain.slopes()).entries()) {
      expect(deltaM).toBeCloseTo(trained[i]?.deltaM ?? NaN, 5);
      expect(deltaD).toBeCloseTo(trained[i]?.deltaD ?? NaN, 6);
    }
    await plain.dispose();
    const resumed = await openEngine(folder, {
      ...spec,
      adapters: await withPrincipalPairs(adapters, saved),
    });
    const restored = await restoreCheckpoint(saved, resumed, { averages: false, principal: true });
    expect(restored.step).toBe(5);
    expect(await resumed.logits(tokens)).toEqual(await engine.logits(tokens));
    for (const { name } of engine.parameters) {
      expect(await resumed.read('value', name)).toEqual(await engine.read('value', name));
      expect(await resumed.read('moment2', name)).toEqual(await engine.read('moment2', name));
    }
    await resumed.dispose();

    // As another machine would have found them: what training went on from is what the checkpoint tells.
    disturbStart(saved, adapters);
    const other = await openEngine(folder, {
      ...spec,
      adapters: await withPrincipalPairs(adapters, saved),
    });
    await restoreCheckpoint(saved, other, { averages: false, principal: true });
    const disturbed = await readAdapter(saved, folder);
    const whole = await openEngine(folder, { adapters: disturbed.modules });
    await writeValues(whole, disturbed.values);
    const ofOther = await other.logits(tokens);
    expect(largestDifference(ofOther, await whole.logits(tokens))).toBeLessThan(LOGIT);
    expect(largestDifference(ofOther, logits)).toBeGreaterThan(10 * LOGIT);
    await other.dispose();
    await whole.dispose();
  } finally {
    rmSync(saved, { recursive: true, force: true });
  }
  await engine.dispose();
});

/** The rows that every A began with become a tenth larger, in the checkpoint alone. */
function disturbStart(checkpoint: string, modules: readonly AdapterModule[]): void {
  const { file, tensors } = readHeader(join(checkpoint, peftFiles.tensors));
  const bytes = readFileSync(file);
  for (const { name } of modules) {
    const tensor = tensors.get(`base_model.model.${name}.lora_A.weight`);
    if (tensor === undefined) throw new Error(`no A of ${name}`);
    const { offsetBytes, sizeBytes } = tensor;
    for (let at = offsetBytes + sizeBytes / 2; at < offsetBytes + sizeBytes; at += 4)
      bytes.writeFloatLE(1.1 * bytes.readFloatLE(at), at);
  }
  writeFileSync(file, bytes);
}
