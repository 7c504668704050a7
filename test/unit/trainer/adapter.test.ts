import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseExperiment, type ResolvedRun } from '../../../extension/shared/experimentFile';
import { readModelFolder } from '../../../extension/model/folder';
import { withInitialAdapter } from '../../../extension/trainer/initialAdapter';
import { adapterModules, lowRankConfig, trainedTensors } from '../../../extension/trainer/lowRank';
import { readAdapter } from '../../../extension/trainer/openModel';
import { readPeftConfig } from '../../../extension/trainer/peftConfig';
import { trainedParts } from '../../../extension/trainer/trainedParts';
import { peftConfigText } from '../../../extension/trainer/peftConfigText';

const golden = join(import.meta.dirname, '../../golden');
const model = readModelFolder(join(golden, 'models/gqa-tied'));
const scratch = mkdtempSync(join(tmpdir(), 'adapter-'));
const place = (setting: string) => ({ file: `experiment (${setting})` });

afterAll(() => {
  rmSync(scratch, { recursive: true });
});

function runWith(settings: object): ResolvedRun {
  const base = { name: 'a', model: 'm', data: { train: ['a.json'] } };
  const [run] = parseExperiment(JSON.stringify({ ...base, ...settings }), 'a').runs;
  if (run === undefined) throw new Error('no run');
  return run;
}

function modules(adapter: object) {
  return adapterModules(lowRankConfig(runWith({ adapter }).settings), model, place);
}

/** A copy of a golden adapter whose configuration was changed. */
function changedAdapter(change: object, name = 'gqa-tied-dora'): string {
  const folder = mkdtempSync(join(scratch, 'copy-'));
  cpSync(join(golden, 'adapters', name), folder, { recursive: true });
  const file = join(folder, 'adapter_config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...config, ...change }));
  return folder;
}

describe('adapter settings against a model', () => {
  it('adapt the targets with ranks and scales by pattern', () => {
    const found = modules({
      rank: 4,
      alpha: 8,
      targets: ['q_proj', 'down_proj'],
      layers: [1],
      rankPattern: { q_proj: 2 },
      alphaPattern: { down_proj: 2 },
    });
    expect(found.map(({ name, rank, scale }) => [name, rank, scale])).toEqual([
      ['model.layers.1.self_attn.q_proj', 2, 4],
      ['model.layers.1.mlp.down_proj', 4, 0.5],
    ]);
  });

  it.each([
    [{ targets: ['q_porj'] }, 'no module "q_porj" (did you mean "q_proj"?)'],
    [{ rank: 1000 }, 'rank 1000 is above'],
    [{ rank: 4, layers: [7] }, 'there is no layer 7'],
    [
      { rank: 4, targets: ['q_proj'], rankPattern: { up_proj: 2 } },
      '"up_proj", which matches no module',
    ],
    [{ rank: 4, rankPattern: { q_proj: 2, '.*q_proj': 3 } }, 'several keys for'],
    [{ rank: 4, exclude: ['q_porj'] }, 'no module "q_porj" (did you mean "q_proj"?)'],
    [{ rank: 4, targets: ['q_proj'], exclude: '.*' }, '"adapter.exclude" conflict'],
  ])('are refused: %j', (adapter, sentence) => {
    expect(() => modules(adapter)).toThrow(sentence);
  });

  it('full fine-tuning trains the parts that are named', () => {
    expect(trainedTensors(['norms'], model, place)).toContain('model.norm.weight');
    // The head is the embedding in this model.
    expect(trainedTensors(['head'], model, place)).toEqual(['model.embed_tokens.weight']);
    expect(() => trainedTensors(['biases'], model, place)).toThrow('the model has none');
  });
});

describe('modules that PEFT would not read as they are meant', () => {
  const names = ['model.layers.0.self_attn.q_proj'];
  const written = (method: string, adapter: object) =>
    JSON.parse(
      peftConfigText(lowRankConfig(runWith({ method, adapter }).settings), 'base', names),
    ) as object;

  it.each([
    ['lora', { targets: 'all-linear', layers: [0] }],
    ['lora', { targets: ['all-linear'] }],
    ['vera', { targets: ['q_proj', 'k_proj'], exclude: ['k_proj'] }],
    ['dora', { targets: ['q_proj'], magnitudeOnly: ['k_proj'], exclude: '.*layers\\.1.*' }],
  ])('are written by their names: %s %j', (method, adapter) => {
    const config = written(method, adapter);
    expect(config).toMatchObject({ target_modules: names, layers_to_transform: null });
    expect(config).not.toHaveProperty('exclude_modules');
  });

  it('others are written by their rule', () => {
    const adapter = { targets: ['q_proj', 'k_proj'], exclude: ['k_proj'], layers: [1] };
    expect(written('lora', adapter)).toMatchObject({
      ...{ target_modules: ['q_proj', 'k_proj'], exclude_modules: ['k_proj'] },
      layers_to_transform: [1],
    });
  });
});

describe('parts of a model whose head shares its embeddings', () => {
  const partsFor = (method: string) =>
    trainedParts(
      runWith({ method, adapter: { rank: 4, alsoTrain: ['head'] } }).settings,
      model,
      place,
    );

  it('are refused for VeRA, of which PEFT would train two copies', () => {
    expect(() => partsFor('vera')).toThrow("names head, but the model's head shares");
  });

  it.each(['lora', 'dvora', 'adalora'])('are shared with %s', (method) => {
    expect(partsFor(method).trainedTensors).toEqual(['model.embed_tokens.weight']);
  });
});

describe('a PEFT adapter', () => {
  it('is read with its values, and its configuration is written as it was read', async () => {
    const adapter = await readAdapter(join(golden, 'adapters/gqa-tied-dora'), model);
    expect(adapter.values.size).toBe(3 * adapter.modules.length);
    const folder = mkdtempSync(join(scratch, 'written-'));
    writeFileSync(join(folder, 'adapter_config.json'), peftConfigText(adapter.config, 'base'));
    const again = readPeftConfig(folder);
    expect({ ...again, file: '', baseModel: '' }).toEqual({
      ...adapter.config,
      file: '',
      baseModel: '',
    });
  });

  it.each([
    [{ peft_type: 'IA3' }, '"peft_type"'],
    [{ peft_type: 'VERA' }, 'lacks the tensor base_model.vera_A'],
    [{ bias: 'most' }, '"bias" must be none, all or lora_only'],
    [{ modules_to_save: ['lm_head'] }, 'lacks the tensor base_model.model.lm_head.weight'],
    [{ init_lora_weights: 'pissa' }, '"init_lora_weights"'],
    [{ use_dora: false }, 'DoRA magnitude, but "use_dora" is false'],
    [{ r: 2 }, 'has the shape'],
    [{ r: 0 }, '"r"'],
    [{ target_modules: ['q_proj'] }, 'no module of this adapter and model takes it'],
  ])('is refused with %j', async (change, sentence) => {
    await expect(async () => readAdapter(changedAdapter(change), model)).rejects.toThrow(sentence);
  });

  it('is refused when a tensor is missing', async () => {
    const qwen = readModelFolder(join(golden, 'models/qwen2'));
    const folder = changedAdapter({ target_modules: 'all-linear' }, 'qwen2-lora');
    await expect(async () => readAdapter(folder, qwen)).rejects.toThrow('lacks the tensor');
  });

  it('is refused with a value that is no number', async () => {
    const folder = changedAdapter({});
    const file = join(folder, 'adapter_model.safetensors');
    const bytes = readFileSync(file);
    bytes.writeFloatLE(NaN, bytes.length - 4);
    writeFileSync(file, bytes);
    await expect(async () => readAdapter(folder, model)).rejects.toThrow('has NaN at position');
  });

  it.each([
    [{ lora_bias: true }, '"lora_bias" is true'],
    [{ trainable_token_indices: [3] }, '"trainable_token_indices" is an object'],
  ])('with %j is nothing to go on from', (change, sentence) => {
    const folder = changedAdapter(change);
    const withIt = (): unknown => withInitialAdapter(runWith({ adapter: {} }), folder, place);
    expect(withIt).toThrow(sentence);
    expect(withIt).toThrow('evaluated, merged and converted, but not trained on');
  });

  it('decides what an experiment that continues from it leaves out', () => {
    const folder = join(golden, 'adapters/gqa-tied-dora');
    const config = readPeftConfig(folder);
    const settings = withInitialAdapter(runWith({ adapter: {} }), folder, place);
    expect(settings.method).toBe('dora');
    expect(settings.adapter.rank).toBe(config.rank);
    expect(settings.adapter.alpha).toBe(config.alpha);
    const contrary = runWith({ method: 'lora', adapter: { rank: config.rank } });
    expect(() => withInitialAdapter(contrary, folder, place)).toThrow(
      'experiment (method): "method" is "lora", but the adapter',
    );
  });
});
