// The paper's column "#Params (%)" from config.json alone, and what each method counts of a module.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readModelConfig } from '../../../extension/model/config';
import { layoutOf, type ModelLayout } from '../../../extension/model/layout';
import { matcherOf } from '../../../extension/model/targets';
import { countValues, type CountedModule } from '../../../extension/model/trainedValues';
import { mtBenchRows } from '../../../extension/shared/published/mtBench';
import { publishedSweeps } from '../../../extension/shared/published/rankSweep';
import { publishedRows } from '../../../extension/shared/published/table1';
import { granularityRows } from '../../../extension/shared/published/table6';
import { trainablePercent } from '../../../extension/shared/trainableShare';

function layoutIn(folder: string): ModelLayout {
  return layoutOf(readModelConfig(join(import.meta.dirname, '../../golden/paper-models', folder)));
}

const models: Record<string, ModelLayout> = {
  'LLaMA-7B': layoutIn('llama-7b'),
  'LLaMA-13B': layoutIn('llama-13b'),
  'LLaMA2-7B': layoutIn('llama2-7b'),
  'LLaMA3-8B': layoutIn('llama3-8b'),
};

/** Of Table 8: the modules of the commonsense experiments. */
const usualTargets = ['q_proj', 'k_proj', 'v_proj', 'up_proj', 'down_proj'];
const letters: Record<string, string> = {
  ...{ Q: 'q_proj', K: 'k_proj', V: 'v_proj', O: 'o_proj' },
  ...{ G: 'gate_proj', U: 'up_proj', D: 'down_proj' },
};

interface Adapter {
  kind?: CountedModule['kind'];
  rank: number;
  targets: string[] | string;
  magnitude?: boolean;
}

function modulesOf(layout: ModelLayout, adapter: Adapter): CountedModule[] {
  const { kind = 'lora', rank, targets, magnitude = false } = adapter;
  const isAdapted = matcherOf({ targets });
  const modules = layout.linears.filter(({ name }) => isAdapted(name));
  return modules.map(({ name }) => ({ name, kind, rank, magnitude }));
}

function counted(model: string, adapter: Adapter) {
  const layout = models[model];
  if (layout === undefined) throw new Error(`no shape of ${model}`);
  return countValues({ adapters: modulesOf(layout, adapter), trainedTensors: [] }, layout);
}

/** The paper rounds some of its values and cuts off others. */
function isPrintedAs(percent: number, printed: number): boolean {
  const cut = Math.floor(100 * percent) / 100;
  return Math.abs(Math.round(100 * percent) / 100 - printed) < 1e-9 || cut === printed;
}

describe('counts from the shapes', () => {
  test.each([
    ['LLaMA-7B', 6_738_415_616],
    ['LLaMA-13B', 13_015_864_320],
    ['LLaMA2-7B', 6_738_415_616],
    ['LLaMA3-8B', 8_030_261_248],
  ])('%s has %i values', (model, parameters) => {
    expect(models[model]?.parameters).toBe(parameters);
  });

  const all = 'all-linear';
  test.each<[model: string, Adapter, trainable: number, percent: string]>([
    ['LLaMA-7B', { rank: 16, targets: usualTargets }, 28_049_408, '0.415'],
    ['LLaMA-7B', { rank: 16, targets: usualTargets, magnitude: true }, 28_925_952, '0.427'],
    ['LLaMA-7B', { rank: 32, targets: usualTargets }, 56_098_816, '0.826'],
    ['LLaMA-7B', { rank: 32, targets: usualTargets, magnitude: true }, 56_975_360, '0.838'],
    ['LLaMA-13B', { rank: 16, targets: usualTargets }, 43_909_120, '0.336'],
    ['LLaMA-13B', { rank: 32, targets: usualTargets, magnitude: true }, 89_190_400, '0.681'],
    ['LLaMA3-8B', { rank: 32, targets: usualTargets }, 56_623_104, '0.700'],
    ['LLaMA3-8B', { rank: 16, targets: usualTargets, magnitude: true }, 29_097_984, '0.361'],
    ['LLaMA3-8B', { rank: 32, targets: usualTargets, magnitude: true }, 57_409_536, '0.710'],
    ['LLaMA-7B', { rank: 64, targets: all }, 159_907_840, '2.318'],
    ['LLaMA-7B', { rank: 64, targets: all, magnitude: true }, 161_267_712, '2.337'],
    ['LLaMA-7B', { kind: 'vera', rank: 1024, targets: all }, 1_589_248, '0.024'],
    ['LLaMA-7B', { kind: 'vera', rank: 1024, targets: all, magnitude: true }, 2_949_120, '0.044'],
  ])('%s with %o', (model, adapter, trainable, percent) => {
    const count = counted(model, adapter);
    expect(count.trainable).toBe(trainable);
    expect(count.added).toBe(trainable);
    expect(trainablePercent(count).toFixed(3)).toBe(percent);
  });
});

describe("the paper's percentages from configurations alone", () => {
  test('Table 1, with one cell that the paper has of another rank', () => {
    const ranks: Record<string, number> = { LoRA: 32, 'DoRA†': 16, DoRA: 32 };
    const rows = publishedRows.filter(({ model, method }) => model in models && method in ranks);
    const odd = rows.filter(({ model, method, trainablePercent: printed }) => {
      const magnitude = method !== 'LoRA';
      const adapter = { rank: ranks[method] ?? 0, targets: usualTargets, magnitude };
      return !isPrintedAs(trainablePercent(counted(model, adapter)), printed ?? NaN);
    });
    expect(rows).toHaveLength(12);
    // Rank 16 without magnitudes is 0.351 %, with them 0.361 %.
    expect(odd.map(({ model, method }) => `${model} ${method}`)).toEqual(['LLaMA3-8B DoRA†']);
  });

  test('Table 15, with one point that is a share of the base alone', () => {
    const sweep = publishedSweeps.find(({ source }) => source === 'paper');
    const points = (sweep?.curves ?? []).flatMap(({ method, points: all }) =>
      all.map(({ rank, trainablePercent: printed }) => ({ method, rank, printed })),
    );
    const odd = points.filter(({ method, rank, printed }) => {
      const adapter = { rank, targets: usualTargets, magnitude: method === 'DoRA' };
      return !isPrintedAs(trainablePercent(counted('LLaMA-7B', adapter)), printed);
    });
    expect(points).toHaveLength(10);
    // 0.4145 % of all values, 0.4163 % of the base's.
    expect(odd).toEqual([{ method: 'LoRA', rank: 16, printed: 0.42 }]);
  });

  test.each(granularityRows)('Table 6: $model $method, m $magnitude, V $direction', (row) => {
    const layout = models[row.model];
    if (layout === undefined) throw new Error(row.model);
    const typesOf = (text: string | null): string[] =>
      text === null ? usualTargets : text.split('').map((letter) => letters[letter] ?? letter);
    const directed = typesOf(row.direction);
    const magnitudes = row.magnitude === null ? [] : typesOf(row.magnitude);
    const adapters = layout.linears.flatMap(({ name, kind }): CountedModule[] => {
      const [hasRank, magnitude] = [directed.includes(kind), magnitudes.includes(kind)];
      return hasRank || magnitude ? [{ name, rank: hasRank ? 32 : 0, magnitude }] : [];
    });
    const percent = trainablePercent(countValues({ adapters, trainedTensors: [] }, layout));
    expect([percent, isPrintedAs(percent, row.trainablePercent)]).toEqual([percent, true]);
  });

  test.each(mtBenchRows)('Table 5: $model $method is $trainablePercent %', (row) => {
    const isVera = row.method.endsWith('VeRA') || row.method === 'DVoRA';
    const adapter: Adapter = {
      kind: isVera ? 'vera' : 'lora',
      rank: isVera ? 1024 : 64,
      targets: 'all-linear',
      magnitude: row.method.startsWith('D'),
    };
    const percent = trainablePercent(counted(row.model, adapter));
    expect([percent, isPrintedAs(percent, row.trainablePercent)]).toEqual([percent, true]);
  });
});

describe('other methods', () => {
  const [q, k] = ['model.layers.0.self_attn.q_proj', 'model.layers.0.self_attn.k_proj'];
  const layout = models['LLaMA3-8B'];
  if (layout === undefined) throw new Error('LLaMA3-8B');

  test('AdaLoRA has a value between its matrices for each rank', () => {
    const adapters: CountedModule[] = [{ name: k, kind: 'adalora', rank: 12, magnitude: false }];
    const { trainable } = countValues({ adapters, trainedTensors: [] }, layout);
    expect(trainable).toBe(12 * (4096 + 1 + 1024));
  });

  test('a module of rank 0 trains its magnitude alone', () => {
    const adapters: CountedModule[] = [{ name: q, rank: 0, magnitude: true }];
    expect(countValues({ adapters, trainedTensors: [] }, layout).trainable).toBe(4096);
  });

  test('tensors of the base are trained, but are no part of what is added', () => {
    const adapters: CountedModule[] = [{ name: k, rank: 2, magnitude: false }];
    const trainedTensors = ['model.norm.weight', 'model.embed_tokens.weight'];
    const count = countValues({ adapters, trainedTensors }, layout);
    const added = 2 * (4096 + 1024);
    expect(count).toMatchObject({ added, trainable: added + 4096 + 128_256 * 4096 });
    expect(trainablePercent(count)).toBe((100 * count.trainable) / (count.parameters + added));
  });

  test('full fine-tuning counts tensors alone, of all values of the model', () => {
    const trainedTensors = Object.keys(layout.tensors);
    const count = countValues({ adapters: [], trainedTensors }, layout);
    expect(count).toEqual({ trainable: 8_030_261_248, added: 0, parameters: 8_030_261_248 });
    expect(trainablePercent(count)).toBe(100);
  });
});
