// What experiment files and model folders hold, by the names that the editor reads.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeConfig, writeTinyModel } from './tinyModel';
import { goldenFolder, Workspace } from './workspace';

let workspace: Workspace;
beforeAll(() => {
  workspace = new Workspace();
});
afterAll(() => {
  workspace.remove();
});

describe('experiments', () => {
  test('tells what each file makes, and why a broken one makes nothing', async () => {
    const grid = { method: ['lora', 'dora'], 'adapter.rank': [2, 4, 8] };
    workspace.writeExperiment({ grid }, 'grid.experiment.json');
    workspace.writeExperiment({ mehtod: 'lora' }, 'broken.experiment.json');
    const lines = readFileSync(workspace.path('broken.experiment.json'), 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes('mehtod')) + 1;
    const { code, json } = await workspace.json<{ experiments: object[] }>(
      ...['experiments', 'grid.experiment.json', 'broken.experiment.json', 'gone.experiment.json'],
    );
    expect(code).toBe(0);
    const [good, broken, gone] = json.experiments;
    expect(good).toEqual({
      file: workspace.path('grid.experiment.json'),
      ...{ name: 'tiny', model: 'model', methods: ['lora', 'dora'], runs: 6 },
    });
    expect(broken).toMatchObject({ file: workspace.path('broken.experiment.json'), line });
    expect(JSON.stringify(broken)).toContain('did you mean');
    expect(JSON.stringify(gone)).toContain('does not exist');
  });
});

describe('models', () => {
  interface Described {
    folders: ({ folder: string; problem?: string } & Record<string, unknown>)[];
  }
  const describeAll = async (...folders: string[]) => {
    const { code, json } = await workspace.json<Described>('models', ...folders);
    expect(code).toBe(0);
    return json.folders;
  };

  test('tells architecture, parameters, dtype and size', async () => {
    const [model] = await describeAll('model');
    expect(model).toMatchObject({
      folder: workspace.path('model'),
      ...{ kind: 'model', architecture: 'LlamaForCausalLM', dtype: 'f32' },
      ...{ parameters: 23_840, layers: 2, hidden: 32, contextLength: 512 },
    });
    expect(model?.sizeBytes).toBeGreaterThan(4 * 23_840);
  });

  test('tells method, rank and base of adapters, wherever the base is named', async () => {
    const adapters = workspace.path('adapters');
    const rename = (name: string, base: string): string => {
      const target = join(adapters, name);
      cpSync(join(goldenFolder, 'adapters', 'qwen3-dora'), target, { recursive: true });
      const file = join(target, 'adapter_config.json');
      const config = JSON.parse(readFileSync(file, 'utf8')) as object;
      writeFileSync(file, JSON.stringify({ ...config, base_model_name_or_path: base }));
      return target;
    };
    const base = join(goldenFolder, 'models', 'qwen3');
    const [, absolute, hub, missing] = await describeAll(
      ...[
        base,
        rename('absolute', base),
        rename('hub', 'Qwen/qwen3'),
        rename('none', 'Qwen/other'),
      ],
    );
    expect(absolute).toMatchObject({ kind: 'adapter', method: 'dora', rank: 4, baseFolder: base });
    expect(hub).toMatchObject({ baseModel: 'Qwen/qwen3', baseFolder: base });
    expect(missing).toMatchObject({ baseModel: 'Qwen/other', baseFolder: null });
    expect(absolute?.parameters).toBeGreaterThan(1000);
    for (const one of [absolute, hub, missing]) expect(one?.problem).toBeUndefined();
  });

  test('says why one cannot be run, and of the others what they are', async () => {
    const other = workspace.path('other');
    writeTinyModel(other);
    writeConfig(other, { architectures: ['GPT2LMHeadModel'], model_type: 'gpt2' });
    const cut = workspace.path('cut');
    writeTinyModel(cut);
    const weights = join(cut, 'model.safetensors');
    writeFileSync(weights, readFileSync(weights).subarray(0, 5000));
    const empty = workspace.path('empty');
    mkdirSync(empty);
    const strange = workspace.path('strange');
    mkdirSync(strange);
    writeFileSync(join(strange, 'adapter_config.json'), '{"peft_type": "IA3"}');
    const all = await describeAll(other, cut, empty, strange, 'model');
    expect(all.map(({ kind }) => kind)).toEqual(['model', 'model', 'unknown', 'adapter', 'model']);
    expect(all[0]).toMatchObject({ architecture: 'GPT2LMHeadModel' });
    expect(all[0]?.problem).toContain('GPT2LMHeadModel');
    expect(all[1]?.problem).toContain(weights);
    expect(all[2]?.problem).toContain('config.json');
    expect(all[3]).toMatchObject({ method: 'ia3' });
    expect(all[3]?.problem).toContain('peft_type');
    expect(all[4]?.problem).toBeUndefined();
    rmSync(empty, { recursive: true });
  });
});
