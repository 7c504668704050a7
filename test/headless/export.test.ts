// adapter-lab export: a run's checkpoint in every form, with its card.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readGguf } from '../golden/ggufReader';
import { goldenFolder, Workspace } from './workspace';

let workspace: Workspace;
let run: string;
beforeAll(async () => {
  workspace = new Workspace();
  workspace.writeExperiment({
    ...{ method: 'lora', evaluation: { tasks: ['parity'], data: 'data' } },
    ...{ training: { batchSize: 4, steps: 4 }, checkpoints: { every: 2, keep: 2 } },
    diagnostics: { every: 2 },
  });
  const { json } = await workspace.json<{ runs: { folder: string }[] }>(
    ...['train', 'tiny.experiment.json'],
  );
  run = json.runs[0]?.folder ?? '';
}, 60_000);
afterAll(() => {
  workspace.remove();
});

function card(folder: string): string {
  return readFileSync(workspace.path(folder, 'README.md'), 'utf8');
}

test('an adapter comes with a card of its settings, figures and slopes', async () => {
  const { code, json } = await workspace.json<{ files: string[] }>('export', run, 'exported');
  expect(code).toBe(0);
  const files = ['README.md', 'adapter_config.json', 'adapter_model.safetensors'];
  expect(json.files).toEqual(files);
  expect(readdirSync(workspace.path('exported')).sort()).toEqual(files);
  const text = card('exported');
  const [, front = ''] = text.split('---\n');
  expect(front).toMatch(/^base_model: ".*\/model"$/m);
  expect(front).toMatch(/^base_model_relation: adapter\nlibrary_name: peft\n/m);
  expect(front).toMatch(/^tags:\n- "base_model:adapter:.*\/model"\n- "lora"\n- "adapter-lab"$/m);
  expect(text).toContain('# tiny: LoRA r');
  expect(text).toMatch(/\| steps \| 4 \|/);
  expect(text).toMatch(/^\d+ values are trained, \d[\d.]* % of all; the base model has \d+\.$/m);
  expect(text).toMatch(/\| training loss, mean of the last 4 steps \| \d+\.\d{4} nats a token \|/);
  expect(text).toMatch(
    /\| parity \| written answer \| 6 \| \d \| \d+\.\d % \| [\d.]+ % to [\d.]+ % \|/,
  );
  expect(text).toContain('## Magnitude and direction, step 4');
  expect(text).toMatch(/\| all \| .* \| correlation [+−]0\.\d+/);
  expect(text).toMatch(/\| method \| lora \| dora \|/);
  const { code: loads } = await workspace.cli('slopes', 'model', 'exported');
  expect(loads).toBe(0);
});

test('of an earlier checkpoint the card tells what was known then', async () => {
  const checkpoint = join(run, 'checkpoints', 'step-000002');
  const { code } = await workspace.cli('export', checkpoint, 'earlier');
  expect(code).toBe(0);
  expect(card('earlier')).toMatch(/\| steps \| 2 of 4 \|/);
  expect(card('earlier')).not.toContain('## Accuracy');
});

test('a merged model says what it was made of', async () => {
  const { code } = await workspace.cli('export', run, 'whole', '--format', 'model');
  expect(code).toBe(0);
  expect(card('whole')).toMatch(/base_model_relation: finetune\nlibrary_name: transformers/);
  expect(existsSync(workspace.path('whole', 'tokenizer.json'))).toBe(true);
});

test('of a model that nothing was done to the card claims nothing', async () => {
  const { code } = await workspace.cli('export', 'model', 'copied', '--format', 'model');
  expect(code).toBe(0);
  expect(card('copied')).toContain('# model\n\nmodel, exported by Adapter Lab.');
  expect(card('copied')).not.toMatch(/finetune|fine-tun/);
});

test('GGUF files are those of base and adapter', async () => {
  const model = await workspace.cli('export', run, 'whole.gguf', '--format', 'gguf');
  expect(model.stderr.replace(/export: .*\n/g, '')).toBe('');
  const { fields, tensors } = readGguf(workspace.path('whole.gguf'));
  expect(fields.get('tokenizer.ggml.pre')).toBe('gpt-2');
  expect(fields.get('tokenizer.ggml.add_bos_token')).toBe(true);
  expect(tensors.has('blk.1.ffn_down.weight')).toBe(true);
  await workspace.cli('export', run, 'adapter.gguf', '--format', 'gguf-lora', '--dtype', 'f16');
  const adapter = readGguf(workspace.path('adapter.gguf'));
  expect(adapter.fields.get('adapter.type')).toBe('lora');
  expect(adapter.tensors.get('blk.0.attn_q.weight.lora_a')?.type).toBe('F16');
});

test('a converted adapter is one of a lower rank, and what is plain already is told so', async () => {
  const { code, json } = await workspace.json<{ keptShare: number; modules: number }>(
    ...['convert', run, 'lower', '--rank', '1'],
  );
  expect(code).toBe(0);
  expect(json.keptShare).toBeGreaterThan(0.2);
  expect(json.keptShare).toBeLessThan(1);
  const { json: told } = await workspace.json<{ ranks: number[] }>('import', 'lower');
  expect(told.ranks).toEqual([1]);
  const plain = await workspace.cli('convert', run, 'again');
  expect(plain.code).toBe(2);
  expect(plain.stderr).toMatch(/plain LoRA already; name a rank/);
});

test('as plain LoRA an adapter comes with its card too', async () => {
  const { code } = await workspace.cli('export', run, 'plain', '--format', 'lora');
  expect(code).toBe(0);
  expect(card('plain')).toContain('# tiny: LoRA r');
  const { json } = await workspace.json<{ method: string }>('import', 'plain');
  expect(json.method).toBe('lora');
});

test('what cannot be is refused in one sentence, and nothing stays', async () => {
  const dora = join(goldenFolder, 'adapters', 'gqa-tied-dora');
  const base = join(goldenFolder, 'models', 'gqa-tied');
  const cases: [parameters: string[], told: RegExp][] = [
    [[dora, 'no.gguf', '--format', 'gguf-lora', '--base', base], /magnitudes \(DoRA\)/],
    [['model', 'no.gguf', '--format', 'gguf-lora'], /no adapter; take --format gguf/],
    [[run, 'no', '--dtype', 'f16'], /--dtype is for --format model, gguf and gguf-lora/],
    [[run, 'no', '--format', 'model', '--dtype', 'q8_0'], /--dtype must be f32, f16 or bf16/],
    [[run, 'model/config.json', '--format', 'gguf'], /config\.json exists; name a new file/],
    [[run, 'model'], /exists and is not empty/],
    [[base, 'no.gguf', '--format', 'gguf'], /tokenizer is not there/],
    [[run, 'no', '--format', 'zip'], /--format must be peft, lora, model, gguf or gguf-lora/],
  ];
  for (const [parameters, told] of cases) {
    const { code, stderr } = await workspace.cli('export', ...parameters);
    expect(code, parameters.join(' ')).toBe(2);
    expect(stderr).toMatch(told);
  }
  const left = readdirSync(workspace.folder).filter((name) => /^no|unfinished/.test(name));
  expect(left).toEqual([]);
});
