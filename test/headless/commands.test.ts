// Every subcommand through the built command line, by the names and fields that scripts rely on.
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goldenFolder, records, Workspace } from './workspace';

interface Change {
  name: string;
  deltaM: number;
  deltaD: number;
}
interface Slopes {
  modules: Change[];
  fits: { module: string; slope: number | null; correlation: number | null }[];
}
interface Trained {
  runs: { id: string; folder: string; state: string; step: number; checkpoints: string[] }[];
}
interface Loss {
  loss: number;
  tokens: number;
  truncated: number;
}

const template = '{instruction} {output}';
let workspace: Workspace;
let trained: Trained;
let adapter: string;

beforeAll(async () => {
  workspace = new Workspace();
  workspace.writeExperiment({
    grid: { method: ['full', 'lora', 'dora'] },
    evaluation: { tasks: ['parity'], limit: 4 },
  });
  const { code, json } = await workspace.json<Trained>('train', 'tiny.experiment.json');
  expect(code).toBe(0);
  trained = json;
  adapter = trained.runs[2]?.checkpoints.at(-1) ?? '';
});
afterAll(() => {
  workspace.remove();
});

function lossOf(model: string, ...more: string[]) {
  const data = ['--data', 'data/train.json', '--template', template];
  return workspace.json<Loss>('loss', model, ...data, ...more);
}

describe('train', () => {
  test('makes a folder for each run of the grid', () => {
    expect(trained.runs.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    const ids = trained.runs.map(({ id }) => id);
    expect(ids[0]).toMatch(/^\d{8}T\d{6}Z-full-r0-[0-9a-f]{8}$/);
    expect(ids[2]).toMatch(/^\d{8}T\d{6}Z-dora-r4-[0-9a-f]{8}$/);
    for (const { id, folder, step, checkpoints } of trained.runs) {
      expect(folder).toBe(workspace.path('runs', id));
      expect(step).toBe(12);
      expect(checkpoints.map((one) => one.slice(-11))).toEqual([
        'step-000004',
        'step-000008',
        'step-000012',
      ]);
    }
  });

  test('writes the files of a run folder', () => {
    const folder = trained.runs[2]?.folder ?? '';
    const names = readdirSync(folder);
    for (const name of ['run.json', 'status.json', 'events.jsonl', 'checkpoints', 'trainer.log']) {
      expect(names).toContain(name);
    }
    const events = readLines<{ seq: number; type: string; step: number }>(
      join(folder, 'events.jsonl'),
    );
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
    const steps = events.filter(({ type }) => type === 'step');
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    const fields = ['loss', 'gradNorm', 'learningRate', 'tokens', 'seconds'];
    for (const step of steps) expect(Object.keys(step)).toEqual(expect.arrayContaining(fields));
    const types = new Set(events.map(({ type }) => type));
    expect(types).toEqual(new Set(['step', 'slope', 'sample', 'checkpoint', 'accuracy']));
    expect(readLines(join(folder, 'results', 'parity.jsonl'))).toHaveLength(4);
  });

  test('takes other settings and another folder from the command line', async () => {
    const { code, json } = await workspace.json<Trained>(
      ...['train', 'tiny.experiment.json', '--runs', 'elsewhere'],
      ...['--set', 'grid={}', '--set', 'training.steps=2', '--set', 'method=lora'],
    );
    expect(code).toBe(0);
    expect(json.runs).toHaveLength(1);
    expect(json.runs[0]).toMatchObject({ step: 2, state: 'done' });
    expect(json.runs[0]?.folder.startsWith(workspace.path('elsewhere'))).toBe(true);
  });

  test('with --check creates nothing', async () => {
    const set = ['--set', 'grid={}', '--runs', 'nothing'];
    const { code, json } = await workspace.json<{ checked: { steps: number }[] }>(
      ...['train', 'tiny.experiment.json', '--check', ...set],
    );
    expect(code).toBe(0);
    expect(json.checked).toMatchObject([{ steps: 12 }]);
    expect(existsSync(workspace.path('nothing'))).toBe(false);
  });

  test('with --detach returns at once, and training goes on', async () => {
    const { code, json } = await workspace.json<Trained>(
      ...['train', 'tiny.experiment.json', '--detach', '--runs', 'detached'],
      ...['--set', 'evaluation.tasks=[]', '--set', 'grid={"method":["lora","dora"]}'],
    );
    expect(code).toBe(0);
    expect(json.runs.map(({ state }) => state)).toEqual(['queued', 'queued']);
    for (;;) {
      const listed = await workspace.json<Trained>('runs', 'detached');
      if (listed.json.runs.every(({ state }) => state === 'done')) break;
      for (const { state } of listed.json.runs) expect(state).not.toBe('failed');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });

  test('continues from an adapter that was saved before', async () => {
    const set = ['--set', 'grid={}', '--set', `adapter.initialAdapter=${adapter}`];
    const { code, json } = await workspace.json<Trained>(
      ...['train', 'tiny.experiment.json', '--runs', 'continued', ...set],
    );
    expect(code).toBe(0);
    const events = readLines<{ type: string; step: number; loss: number }>(
      join(json.runs[0]?.folder ?? '', 'events.jsonl'),
    );
    const first = events.find(({ type }) => type === 'step');
    const fresh = readLines<{ type: string; loss: number }>(
      join(trained.runs[2]?.folder ?? '', 'events.jsonl'),
    ).find(({ type }) => type === 'step');
    expect(first?.loss).toBeLessThan((fresh?.loss ?? 0) - 0.1);
  });
});

describe('runs', () => {
  test('lists them, the newest first', async () => {
    const { code, json } = await workspace.json<Trained>('runs');
    expect(code).toBe(0);
    expect(json.runs.map(({ id }) => id).sort()).toEqual(trained.runs.map(({ id }) => id).sort());
    const { stdout } = await workspace.cli('runs', 'runs');
    for (const { id } of trained.runs) expect(stdout).toContain(id);
  });
});

describe('loss', () => {
  test('is the mean over all tokens, with or without an adapter', async () => {
    const base = await lossOf('model');
    const adapted = await lossOf('model', '--adapter', adapter);
    const tokens = records(24).reduce((sum, one) => {
      // Predicted are every byte and the end, from the beginning on.
      return sum + `${one.instruction} ${one.output}`.length + 1;
    }, 0);
    expect(base.json).toMatchObject({ tokens, truncated: 0 });
    expect(adapted.json.loss).toBeLessThan(base.json.loss - 0.1);
  });

  test('counts answers alone when asked, and cuts at a length', async () => {
    const answers = await lossOf('model', '--loss-on', 'answer');
    const cut = await lossOf('model', '--max-length', '23');
    expect(answers.json.tokens).toBeLessThan(24 * 6);
    // The five odd records of one digit have 23 tokens.
    expect(cut.json.truncated).toBe(19);
    expect(cut.json.tokens).toBe(24 * 22);
  });

  test('finds the format by the columns', async () => {
    writeFileSync(workspace.path('text.jsonl'), '{"text": "abc"}\n{"text": "defg"}\n');
    const { code, json } = await workspace.json<Loss>('loss', 'model', '--data', 'text.jsonl');
    expect(code).toBe(0);
    expect(json.tokens).toBe(7);
  });
});

describe('generate', () => {
  const prompt = ['--prompt', 'is 3 even', '--max-new-tokens', '5'];
  test('gives text and tokens', async () => {
    const { code, json } = await workspace.json<{ text: string; tokens: number[] }>(
      ...['generate', 'model', '--adapter', adapter, ...prompt],
    );
    expect(code).toBe(0);
    expect(json.tokens.length).toBeLessThanOrEqual(5);
    expect(typeof json.text).toBe('string');
  });

  test('is the same each time, and takes beams', async () => {
    const first = await workspace.cli('generate', 'model', ...prompt, '--beams', '3', '--json');
    const second = await workspace.cli('generate', 'model', ...prompt, '--beams', '3', '--json');
    expect(first.code).toBe(0);
    expect(second.stdout).toBe(first.stdout);
  });
});

describe('evaluate', () => {
  test('tells accuracy and keeps a line for each question', async () => {
    const { code, json } = await workspace.json<{
      tasks: { task: string; n: number; correct: number; accuracy: number; seconds: number }[];
      results: string;
    }>(
      ...['evaluate', 'model', '--adapter', adapter, '--tasks', 'parity', '--data', 'data'],
      ...['--limit', '5', '--output', 'out/predictions.jsonl'],
    );
    expect(code).toBe(0);
    expect(json.tasks).toMatchObject([{ task: 'parity', n: 5 }]);
    expect(json.tasks[0]?.accuracy).toBe((json.tasks[0]?.correct ?? NaN) / 5);
    const lines = readLines<{ index: number; answer: string; tokens: number[] }>(
      workspace.path('out/predictions.jsonl'),
    );
    expect(lines.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    expect(lines.map(({ answer }) => answer)).toEqual(['even', 'odd', 'even', 'odd', 'even']);
    const fields = ['index', 'text', 'extracted', 'answer', 'correct', 'tokens'];
    for (const line of lines) expect(Object.keys(line)).toEqual(expect.arrayContaining(fields));
    expect(readLines(join(json.results, 'parity.jsonl'))).toHaveLength(5);
  });
});

describe('slopes', () => {
  const golden = JSON.parse(readFileSync(join(goldenFolder, 'slopes.json'), 'utf8')) as {
    adapters: Record<string, Change[]>;
  };

  // Golden values are double-precision computations from merged weights.
  test.each(['mha-untied-lora', 'qwen3-dora'])('of %s equal the golden values', async (name) => {
    const model = join(goldenFolder, 'models', name.replace(/-(lora|dora)$/, ''));
    const path = join(goldenFolder, 'adapters', name);
    const { code, json } = await workspace.json<Slopes>('slopes', model, path);
    expect(code).toBe(0);
    const expected = golden.adapters[name] ?? [];
    expect(json.modules).toHaveLength(expected.length);
    for (const { name: module, deltaM, deltaD } of expected) {
      const found = json.modules.find((one) => one.name === module);
      expect(Math.abs((found?.deltaM ?? NaN) - deltaM)).toBeLessThan(1e-6);
      expect(Math.abs((found?.deltaD ?? NaN) - deltaD)).toBeLessThan(1e-6);
    }
    expect(json.fits.map(({ module }) => module)).toContain('q_proj');
  });

  test('of a whole model equal those of the run that trained it', async () => {
    const full = trained.runs[0];
    const { json } = await workspace.json<Slopes>('slopes', 'model', full?.checkpoints[2] ?? '');
    const events = readLines<{ type: string; step: number; modules: Change[] }>(
      join(full?.folder ?? '', 'events.jsonl'),
    );
    const last = events.find(({ type, step }) => type === 'slope' && step === 12);
    expect(json.modules).toHaveLength(14);
    for (const { name, deltaM, deltaD } of last?.modules ?? []) {
      const found = json.modules.find((one) => one.name === name);
      expect(Math.abs((found?.deltaM ?? NaN) - deltaM)).toBeLessThan(1e-6);
      expect(Math.abs((found?.deltaD ?? NaN) - deltaD)).toBeLessThan(1e-6);
    }
  });
});

describe('merge', () => {
  test('gives a model with the loss of base and adapter', async () => {
    const merged = await workspace.json<{ folder: string }>('merge', 'model', adapter, 'merged');
    expect(merged.code).toBe(0);
    const apart = await lossOf('model', '--adapter', adapter);
    const together = await lossOf('merged');
    expect(together.json.loss).toBeCloseTo(apart.json.loss, 5);
    const fits = [adapter, 'merged'].map((other) =>
      workspace.json<Slopes>('slopes', 'model', other),
    );
    const [ofAdapter, ofMerged] = await Promise.all(fits);
    const all = (slopes?: Slopes): number =>
      slopes?.fits.find(({ module }) => module === 'all')?.slope ?? NaN;
    expect(all(ofMerged?.json)).toBeCloseTo(all(ofAdapter?.json), 4);
    const files = ['README.md', 'config.json', 'model.safetensors'];
    files.push('tokenizer.json', 'tokenizer_config.json');
    expect(readdirSync(workspace.path('merged')).sort()).toEqual(files);
  });

  const mostHeaderBytes = 4096;

  test('cuts shards of the size and in the dtype asked for', async () => {
    const base = join(goldenFolder, 'models', 'all-biases');
    const path = join(goldenFolder, 'adapters', 'all-biases-dora');
    const { code } = await workspace.json(
      ...['merge', base, path, 'sharded', '--dtype', 'bf16', '--shard-size', '30KB'],
    );
    expect(code).toBe(0);
    const files = readdirSync(workspace.path('sharded'));
    expect(files).toContain('model-00002-of-00002.safetensors');
    expect(files).toContain('model.safetensors.index.json');
    for (const file of files.filter((name) => name.endsWith('.safetensors')))
      expect(statSync(workspace.path('sharded', file)).size).toBeLessThan(30_000 + mostHeaderBytes);
    const before = await workspace.json<Slopes>('slopes', base, path);
    const after = await workspace.json<Slopes>('slopes', base, 'sharded');
    for (const { name, deltaM } of before.json.modules) {
      const found = after.json.modules.find((one) => one.name === name);
      expect(Math.abs((found?.deltaM ?? NaN) - deltaM)).toBeLessThan(0.01);
    }
  });

  test('leaves a folder alone that holds something', async () => {
    mkdirSync(workspace.path('mine'));
    writeFileSync(workspace.path('mine/notes.txt'), 'mine');
    const { code, stderr } = await workspace.cli('merge', 'model', adapter, 'mine');
    expect(code).toBe(2);
    expect(stderr).toContain('not empty');
    expect(readdirSync(workspace.path('mine'))).toEqual(['notes.txt']);
  });
});

test('devices tells what can compute', async () => {
  const { code, json } = await workspace.json<{
    devices: { kind: string; name: string; usable: boolean; reason: string }[];
  }>('devices');
  expect(code).toBe(0);
  expect(json.devices[0]).toMatchObject({ kind: 'cpu', usable: true });
  for (const { name, reason } of json.devices) expect(name && reason).not.toBe('');
});

test('--version is that of the package', async () => {
  const { version } = JSON.parse(
    readFileSync(join(goldenFolder, '../../package.json'), 'utf8'),
  ) as { version: string };
  const { code, stdout } = await workspace.cli('--version');
  expect(code).toBe(0);
  expect(stdout).toBe(`${version}\n`);
});

describe('help', () => {
  const commands = [
    'train',
    'resume',
    'runs',
    'evaluate',
    'tasks',
    'loss',
    'generate',
    'slopes',
    'merge',
    'export',
    'import',
    'convert',
  ];
  test.each([...commands, 'models', 'experiments', 'cache', 'devices'])(
    'of %s has an example',
    async (command) => {
      const { code, stdout } = await workspace.cli(command, '--help');
      expect(code).toBe(0);
      expect(stdout).toContain(`adapter-lab ${command}`);
      expect(stdout).toMatch(/Examples?:/);
    },
  );
});

function readLines<T>(file: string): T[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
