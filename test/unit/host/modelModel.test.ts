import { describe, expect, it } from 'vitest';
import { countText, modelLine, modelNodes } from '../../../extension/host/models/modelModel';
import type { ModelEntry } from '../../../extension/shared/listings';
import { t } from './runView';

const base: ModelEntry = {
  folder: '/w/models/llama',
  kind: 'model',
  sizeBytes: 13_476_831_232,
  architecture: 'LlamaForCausalLM',
  parameters: 6_738_415_616,
  dtype: 'bf16',
  layers: 32,
  hidden: 4096,
  contextLength: 4096,
};
const adapter: ModelEntry = {
  folder: '/w/adapters/boolq',
  kind: 'adapter',
  sizeBytes: 16_000_000,
  method: 'dora',
  rank: 16,
  alpha: 32,
  parameters: 8_388_608,
  baseModel: '/w/models/llama',
  baseFolder: '/w/models/llama',
};
const orphan: ModelEntry = {
  ...adapter,
  folder: '/w/adapters/alone',
  baseModel: 'meta-llama/Llama-2-7b-hf',
  baseFolder: null,
};
const broken: ModelEntry = {
  folder: '/w/models/bert',
  kind: 'model',
  sizeBytes: 400,
  problem: '/w/models/bert/config.json: "architectures" is "Bert", which cannot be run: no.',
};

function nodes(entries: ModelEntry[], added: string[] = []) {
  const pathOf = (folder: string): string => folder.replace('/w/', '');
  return modelNodes(entries, { added: new Set(added), pathOf });
}

function lineOf(entry: ModelEntry, added: string[] = []) {
  const [node] = nodes([entry], added);
  if (node === undefined) throw new Error('no node');
  return modelLine(node, t);
}

describe('the line of a model', () => {
  it('tells parameters, dtype and size', () => {
    expect(lineOf(base)).toMatchObject({
      label: 'llama',
      description: '6.7 B parameters · bf16 · 13 GB',
      spoken: 'llama, model, 6.7 B parameters · bf16 · 13 GB',
      icon: 'package',
      context: 'model canRun',
    });
    expect(lineOf(base).tooltip.split('\n')).toEqual([
      'models/llama',
      'LlamaForCausalLM',
      '6\u2009738\u2009415\u2009616 parameters',
      '32 layers of width 4096',
      '4096 tokens of context',
      'bf16 · 13 GB',
    ]);
  });

  it('that cannot be run says why, without the folder that it stands for', () => {
    expect(lineOf(broken)).toMatchObject({
      description: 'config.json: "architectures" is "Bert", which cannot be run: no',
      icon: 'circle-slash',
      context: 'model',
    });
    expect(lineOf(broken).spoken).toContain('bert, model, cannot be run: config.json');
    expect(lineOf(broken).tooltip).toContain(broken.problem);
  });

  it('of one added by hand can be removed', () => {
    expect(lineOf(base, [base.folder]).context).toBe('model canRun added');
  });
});

describe('the line of an adapter', () => {
  it('tells method, rank and parameters', () => {
    expect(lineOf(adapter)).toMatchObject({
      description: 'DoRA r16 · 8.4 M parameters',
      spoken: 'boolq, adapter, DoRA r16 · 8.4 M parameters',
      context: 'adapter canRun hasBase',
    });
  });

  it('says that its base is not here', () => {
    expect(lineOf(orphan).description).toBe(
      'DoRA r16 · 8.4 M parameters · base Llama-2-7b-hf not found',
    );
    expect(lineOf(orphan).context).toBe('adapter canRun');
    const { baseModel, ...nameless } = orphan;
    expect(baseModel).toBeDefined();
    expect(lineOf(nameless).description).toContain('names no base model');
  });
});

it('adapters stand under their base, others by themselves at the end', () => {
  const tops = nodes([orphan, broken, adapter, base]);
  expect(tops.map(({ path }) => path)).toEqual(['models/bert', 'models/llama', 'adapters/alone']);
  expect(tops[1]?.adapters.map(({ path }) => path)).toEqual(['adapters/boolq']);
});

it('counts are short', () => {
  const counts = [0, 999, 1000, 31_944, 231_040, 999_700, 1_523_360, 6.7e9, 1.8e12];
  expect(counts.map(countText)).toEqual([
    ...['0', '999', '1.0 k', '31.9 k', '231 k', '1.0 M', '1.5 M', '6.7 B', '1.8 T'],
  ]);
});
