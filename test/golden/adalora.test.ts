// AdaLoRA against PEFT: losses, gradients and weights of short runs with their masks, every mask of whole schedules, and
// pruned adapters that PEFT saved.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { RankAllocation } from '../../extension/trainer/adalora/rankAllocation';
import { stepBudget, type Budgets, type Schedule } from '../../extension/trainer/adalora/budget';
import type { AdapterModule } from '../../extension/trainer/addon';
import { openEngine, readAdapter, writeValues } from '../../extension/trainer/openModel';
import { largest, largestDifference } from './compare';
import { accumulate, readAll } from './engineSteps';
import { golden, readJson, type ParityCase } from './parityCase';
import { arrayOf, readArrays } from './tensorFile';

const LOSS = 1e-5;
const LONG_LOSS = 1e-3; // after forty steps, where rounding has grown
const GRADIENT = 1e-4; // of the tensor's largest gradient
const WEIGHT = 1e-3; // of the tensor's largest weight
const MOVEMENT = 0.02; // of the tensor's largest movement
const RELATIVE = 1e-5;
const LOGITS = 1e-4;

interface AdaloraCase extends Omit<ParityCase, 'name' | 'arrays' | 'adapter'> {
  adapter: string;
  schedule: {
    initialRank: number;
    rank: number;
    tinit: number;
    tfinal: number;
    interval: number;
    sensitivityBeta: number;
    uncertaintyBeta: number;
    orthogonalWeight: number;
  };
  orthogonality: number[];
  /** Step, from 1, to the masks of the modules as 1 and 0, where they are new. */
  kept: Record<string, Record<string, string>>;
}

const files = readdirSync(join(golden, 'adalora')).filter(
  (file) => file.endsWith('-adalora.json') || file.endsWith('-schedule.json'),
);
const cases = files.map((file) => ({
  name: file.replace(/\.json$/, ''),
  ...(readJson('adalora', file) as AdaloraCase),
}));
const isLong = ({ steps }: AdaloraCase): boolean => steps.length > 5;

async function open(model: string, name: string, training: boolean) {
  const folder = readModelFolder(join(golden, 'models', model));
  const read = await readAdapter(join(golden, 'adapters', name), folder);
  const { modules, trainedTensors, values } = read;
  const options = { adapters: modules, trainedTensors, training, threads: 2 };
  const engine = await openEngine(folder, options);
  await writeValues(engine, values);
  return { engine, modules };
}

async function train(one: AdaloraCase) {
  const { engine, modules } = await open(one.model, one.adapter, true);
  const { schedule, steps, optimizer } = one;
  const config = { ...schedule, steps: steps.length, kept: undefined };
  const run = { adapters: modules, rank: schedule.rank, steps: steps.length };
  const allocation = new RankAllocation(engine, config, run);
  const result = {
    ...{ losses: [] as number[], gradNorms: [] as number[] },
    kept: {} as Record<string, Record<string, string>>,
    before: await readAll(engine, 'value'),
    gradient: new Map<string, Float32Array>(),
  };
  let last = '';
  for (const [index, microBatches] of steps.entries()) {
    result.losses.push(await accumulate(engine, microBatches));
    await allocation.beforeUpdate();
    if (index === 0) result.gradient = await readAll(engine, 'gradient');
    result.gradNorms.push((await engine.update({ ...optimizer, step: index + 1 })).gradNorm);
    await allocation.afterUpdate(index + 1, true);
    const text = allocation.kept?.join('') ?? '';
    if (text !== last) {
      let next = 0;
      const masks = modules.map(({ name, rank }): [string, string] => {
        next += rank;
        return [name, text.slice(next - rank, next)];
      });
      result.kept[index + 1] = Object.fromEntries(masks);
    }
    last = text;
  }
  const after = await readAll(engine, 'value');
  await engine.dispose();
  return { ...result, after };
}

function expectNear(actual: number, expected: number, tolerance: number, what: string): void {
  expect(Math.abs(actual - expected), what).toBeLessThanOrEqual(tolerance);
}

describe.each(cases)('$name', (one) => {
  test('trains and prunes as PEFT does', async () => {
    const result = await train(one);
    expect([...result.after.keys()].sort()).toEqual(one.trained);
    for (const [step, loss] of one.losses.entries()) {
      const tolerance = isLong(one) ? LONG_LOSS : LOSS;
      expectNear(result.losses[step] ?? NaN, loss, tolerance, `loss of step ${step + 1}`);
    }
    expect(result.kept).toEqual(one.kept);
    if (isLong(one)) return;
    const arrays = readArrays(join(golden, 'adalora', `${one.name}.safetensors`));
    for (const [step, norm] of one.gradNorms.entries())
      expectNear((result.gradNorms[step] ?? NaN) / norm, 1, RELATIVE, 'gradient norm');
    for (const name of one.trained) {
      const gradient = arrayOf(arrays, `gradient/${name}`);
      const difference = largestDifference(arrayOf(result.gradient, name), gradient);
      expectNear(difference, 0, GRADIENT * largest(gradient), `gradient of ${name}`);
      const after = arrayOf(arrays, `after/${name}`);
      const moved = largestDifference(after, arrayOf(result.before, name));
      const tolerance = Math.min(WEIGHT * largest(after), MOVEMENT * moved);
      const off = largestDifference(arrayOf(result.after, name), after);
      expectNear(off, 0, tolerance, `${name} after five steps`);
    }
  });
});

test('six shapes, one with parts of the model, and two whole schedules', () => {
  expect(cases.filter((one) => !isLong(one))).toHaveLength(7);
  expect(cases.filter(isLong)).toHaveLength(2);
});

test.each(['mha-untied', 'qwen3'])(
  '%s with a pruned adapter has the logits of PEFT',
  async (model) => {
    const name = `${model}-adalora-scheduled`;
    const { engine, modules } = await open(model, name, false);
    expect(modules.map(({ rank }) => rank)).toContain(0);
    const arrays = readArrays(join(golden, 'adalora', `${name}.safetensors`));
    const logits = await engine.logits(Int32Array.from(arrayOf(arrays, 'tokens')));
    await engine.dispose();
    const difference = largestDifference(logits, arrayOf(arrays, 'logits'));
    expect(difference).toBeLessThanOrEqual(LOGITS);
  },
);

interface BudgetCase {
  schedule: Schedule;
  budgets: Budgets;
  /** Of each step: triplets that may stay, and whether it masks. */
  told: [budget: number, masks: boolean][];
}

test('budgets are those of PEFT after every step', () => {
  for (const { schedule, budgets, told } of readJson('adalora', 'budgets.json') as BudgetCase[]) {
    const last = schedule.steps - schedule.tfinal;
    for (const [index, [budget, masks]] of told.entries()) {
      const step = index + 1;
      const own = stepBudget(step, schedule, budgets);
      expect(own.budget, `step ${step} of ${JSON.stringify(schedule)}`).toBe(budget);
      // PEFT masks by force after the last step of the budget, whatever the interval.
      expect(own.action !== 'none').toBe(masks || step === last);
      expect(own.measures).toBe(step < last);
    }
  }
});

test('nothing is pruned where nothing may go, as with a rank that stays', async () => {
  const [one] = cases;
  if (one === undefined) throw new Error('no case');
  const { engine } = await open(one.model, one.adapter, true);
  await accumulate(engine, one.steps[0] ?? []);
  await engine.update({ ...one.optimizer, step: 1 });
  expect((await engine.prune(5)).every((flag) => flag === 1)).toBe(true); // nothing was measured
  await engine.measureImportance(0.85, 0.85);
  expect((await engine.prune(0)).every((flag) => flag === 1)).toBe(true);
  const some = await engine.prune(5);
  expect(some.reduce((sum, flag) => sum + flag, 0)).toBe(some.length - 5);
  await engine.dispose();
});

test("an adapter begins as the identity, with A and B of PEFT's deviation", async () => {
  const folder = readModelFolder(join(golden, 'models', 'qwen3'));
  const adapters = folder.linears.map(({ name }): AdapterModule => {
    return { name, kind: 'adalora', rank: 8, scale: 2, dropout: 0, magnitude: false };
  });
  const engine = await openEngine(folder, { adapters, training: true, threads: 1, seed: 3 });
  const plain = await openEngine(folder, { threads: 1 });
  const text = Int32Array.of(1, 5, 7, 11);
  expect(await engine.logits(text)).toEqual(await plain.logits(text));
  const values = await readAll(engine, 'value');
  const matrices = [...values].filter(([name]) => !name.endsWith('lora_E'));
  const all = matrices.flatMap(([, own]) => [...own]);
  const squares = all.reduce((sum, value) => sum + value ** 2, 0) / all.length;
  expect(Math.sqrt(squares) / 0.02).toBeCloseTo(1, 1);
  await Promise.all([engine.dispose(), plain.dispose()]);
});
