// Evaluations into a folder of results, as the editor asks for them: tasks found, answers kept beside a run's own,
// one writer at a time, progress for programs.
import { cpSync, existsSync, readFileSync, writeFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeSafetensors, type Tensor } from './tinyModel';
import { records, Workspace } from './workspace';

interface Evaluated {
  tasks: { task: string; n: number; correct: number }[];
  results: string;
  error?: { code: string; message: string };
}
interface Line {
  index: number;
  prompt?: string;
  promptHash: string;
  model: string;
}
interface Trained {
  runs: { id: string; folder: string; checkpoints: string[] }[];
}

let workspace: Workspace;
let run: string;
let checkpoints: string[];

beforeAll(async () => {
  workspace = new Workspace();
  workspace.writeExperiment({ evaluation: { tasks: ['parity'], limit: 4, at: 'checkpoints' } });
  const { code, json } = await workspace.json<Trained>('train', 'tiny.experiment.json');
  expect(code).toBe(0);
  run = json.runs[0]?.folder ?? '';
  checkpoints = json.runs[0]?.checkpoints ?? [];
});
afterAll(() => {
  workspace.remove();
});

function linesOf(file: string): Line[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Line);
}

function evaluate(adapter: string, results: string, ...more: string[]) {
  return workspace.json<Evaluated>(
    ...['evaluate', 'model', '--adapter', adapter, '--tasks', 'parity', '--data', 'data'],
    ...['--results', results, ...more],
  );
}

describe('tasks', () => {
  test('are those of the folder, with their questions', async () => {
    const { code, json } = await workspace.json<{ tasks: object[] }>('tasks', 'data');
    expect(code).toBe(0);
    expect(json.tasks).toEqual([
      {
        ...{ task: 'parity', kind: 'own', protocol: 'generation', questions: 6 },
        ...{ beams: 1, maxNewTokens: 4 },
      },
    ]);
  });

  test('that were asked for say why they cannot be used', async () => {
    const { json } = await workspace.json<{ tasks: { task: string; problem?: string }[] }>(
      ...['tasks', 'data', '--tasks', 'boolq,pairity'],
    );
    expect(json.tasks.map(({ task }) => task)).toEqual(['boolq', 'pairity', 'parity']);
    expect(json.tasks[0]?.problem).toContain('test.json does not exist');
    expect(json.tasks[1]?.problem).toContain('did you mean "parity"?');
  });
});

describe('a run', () => {
  test('keeps the prompts with its answers, and what it trains in run.json', () => {
    const [first] = linesOf(join(run, 'results', 'parity.jsonl'));
    expect(first?.prompt).toBe('is 0 even or odd? ');
    expect(existsSync(join(run, 'results', 'evaluation.lock'))).toBe(false);
    const file = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as Record<string, number>;
    expect(file.parameters).toBeGreaterThan(10_000);
    expect(file.trainable).toBeGreaterThan(1000);
  });
});

describe('a checkpoint of a run', () => {
  test('is not asked again what the run asked it, only what is new', async () => {
    const results = join(run, 'results');
    const before = linesOf(join(results, 'parity.jsonl'));
    expect(before).toHaveLength(4);
    const { code, json } = await evaluate(checkpoints.at(-1) ?? '', results);
    expect(code).toBe(0);
    expect(json).toMatchObject({ tasks: [{ task: 'parity', n: 6 }], results });
    const after = linesOf(join(results, 'parity.jsonl'));
    expect(after.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(new Set(after.map(({ model }) => model)).size).toBe(1);
  });

  test('gets the prompts that an earlier version did not keep', async () => {
    const results = join(run, 'results', 'step-000004');
    const file = join(results, 'parity.jsonl');
    const old = linesOf(file).map((line) => ({ ...line, prompt: undefined }));
    writeFileSync(file, old.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await evaluate(checkpoints[0] ?? '', results, '--limit', '4');
    const lines = linesOf(file);
    expect(lines).toHaveLength(4);
    expect(lines.map(({ prompt }) => prompt?.slice(0, 5))).toEqual([
      ...['is 0 ', 'is 1 ', 'is 2 ', 'is 3 '],
    ]);
  });

  test('on another model is another model', async () => {
    const first = checkpoints[0] ?? '';
    const other = workspace.path('other');
    const { code } = await workspace.cli('merge', 'model', first, other);
    expect(code).toBe(0);
    const results = workspace.path('out', 'other');
    await workspace.json<Evaluated>(
      ...['evaluate', other, '--adapter', first, '--tasks', 'parity', '--data', 'data'],
      ...['--results', results],
    );
    const own = linesOf(join(run, 'results', 'step-000004', 'parity.jsonl'))[0]?.model;
    expect(linesOf(join(results, 'parity.jsonl'))[0]?.model).not.toBe(own);
  });
});

describe('an evaluation of its own', () => {
  test('says what was evaluated', async () => {
    const results = workspace.path('evaluations', 'tiny');
    const { code, json } = await workspace.json<Evaluated>(
      ...['evaluate', 'model', '--tasks', 'parity', '--data', 'data', '--results', results],
    );
    expect(code).toBe(0);
    expect(json.results).toBe(results);
    const file = workspace.readJson('evaluations/tiny/evaluation.json');
    expect(file).toMatchObject({
      ...{ format: 1, name: 'model', model: workspace.path('model'), adapter: null },
      ...{ method: 'base', trainable: null },
    });
  });

  test('counts the values of an adapter', async () => {
    const results = workspace.path('evaluations', 'adapter');
    await evaluate(checkpoints[0] ?? '', results);
    const { trainable } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as {
      trainable: number;
    };
    const file = workspace.readJson('evaluations/adapter/evaluation.json');
    expect(file).toMatchObject({ method: 'dora', trainable });
  });

  test('counts rows of tokens that an adapter holds, and not their table', async () => {
    const adapter = workspace.path('rows');
    const config = { peft_type: 'LORA', r: 1, target_modules: ['model.layers.0.self_attn.q_proj'] };
    const rows = { ...config, trainable_token_indices: [1, 2, 3] };
    workspace.writeJson('rows/adapter_config.json', rows);
    const filled = (...shape: [number, number]): Tensor => {
      return { shape, values: new Float32Array(shape[0] * shape[1]).fill(0.1) };
    };
    const module = 'base_model.model.model.layers.0.self_attn.q_proj';
    const embeddings = 'base_model.model.model.embed_tokens.token_adapter';
    const tensors = new Map([
      [`${module}.lora_A.weight`, filled(1, 32)],
      [`${module}.lora_B.weight`, filled(32, 1)],
      [`${embeddings}.trainable_tokens_delta`, filled(3, 32)],
    ]);
    writeFileSync(join(adapter, 'adapter_model.safetensors'), encodeSafetensors(tensors));
    const { code } = await evaluate(adapter, workspace.path('evaluations', 'rows'));
    expect(code).toBe(0);
    const file = workspace.readJson('evaluations/rows/evaluation.json');
    expect(file).toMatchObject({ method: 'lora', trainable: 5 * 32 });
    const { json } = await workspace.json('import', adapter, '--base', 'model');
    expect(json).toMatchObject({ modules: 1, parameters: 5 * 32 });
  });

  test('tells its progress to programs', async () => {
    const results = workspace.path('evaluations', 'told');
    const more = ['--progress', 'json', '--batch-size', '2'];
    const { stderr } = await evaluate(checkpoints[0] ?? '', results, ...more);
    const records = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { label: string; done: number; total: number });
    expect(records[0]).toMatchObject({ label: 'parity', done: 0, total: 6 });
    expect(records.at(-1)).toMatchObject({ label: 'parity', done: 6, total: 6 });
  });

  test('refuses a folder that another process writes to', async () => {
    const results = workspace.path('evaluations', 'busy');
    await evaluate(checkpoints[0] ?? '', results, '--limit', '1');
    const lock = join(results, 'evaluation.lock');
    expect(existsSync(lock)).toBe(false);
    const holder = { format: 1, pid: process.pid, host: hostname(), started: '', nonce: 'a' };
    writeFileSync(lock, JSON.stringify(holder));
    const { code, json } = await evaluate(checkpoints[0] ?? '', results);
    expect(code).toBe(2);
    expect(json.error?.code).toBe('evaluation-busy');
    expect(json.error?.message).toContain(`by process ${process.pid} on ${hostname()}`);
    expect(linesOf(join(results, 'parity.jsonl'))).toHaveLength(1);
    rmSync(lock);
    expect((await evaluate(checkpoints[0] ?? '', results)).code).toBe(0);
  });
});

describe('what is evaluated', () => {
  test('a run by itself: its newest checkpoint, on the tasks of its experiment, with its own answers', async () => {
    const { code, json } = await workspace.json<Evaluated>('evaluate', run);
    expect(code).toBe(0);
    expect(json).toMatchObject({
      tasks: [{ task: 'parity', n: 4 }],
      results: join(run, 'results'),
    });
  });

  test('a checkpoint by itself', async () => {
    const { json } = await workspace.json<Evaluated>('evaluate', checkpoints[0] ?? '');
    expect(json.results).toBe(join(run, 'results', 'step-000004'));
    expect(
      new Set(linesOf(join(json.results, 'parity.jsonl')).map(({ model }) => model)).size,
    ).toBe(1);
  });

  test('an adapter by itself: on the base that it names, or refused with what to do', async () => {
    const adapter = workspace.path('adapter');
    cpSync(checkpoints[0] ?? '', adapter, { recursive: true });
    const asked = ['--tasks', 'parity', '--data', 'data'];
    const file = join(adapter, 'adapter_config.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const named = { ...config, base_model_name_or_path: '../model' };
    writeFileSync(file, JSON.stringify(named));
    const { code, json } = await workspace.json<Evaluated>('evaluate', adapter, ...asked);
    expect([code, json.tasks[0]?.n]).toEqual([0, 6]);
    writeFileSync(file, JSON.stringify({ ...config, base_model_name_or_path: 'someone/model' }));
    const refused = await workspace.json<Evaluated>('evaluate', adapter, ...asked);
    expect(refused.json.error?.code).toBe('base-unknown');
    expect(refused.json.error?.message).toContain('adapter-lab evaluate BASE --adapter');
  });

  test('warns of a pattern that nothing matches, and of questions that the context cannot hold', async () => {
    const [first, ...rest] = records(12);
    workspace.writeJson('data/unread/test.json', [
      { ...first, instruction: 'x'.repeat(600) },
      ...rest,
    ]);
    workspace.writeJson('data/unread/task.json', {
      ...{ template: '{instruction} ', pattern: 'zebra', beams: 1, maxNewTokens: 2 },
    });
    const { code, stderr } = await workspace.cli(
      ...['evaluate', 'model', '--tasks', 'unread', '--data', 'data'],
    );
    expect(code).toBe(0);
    expect(stderr).toContain(
      'No answer was found in the first 12 outputs for unread: its pattern /zebra/',
    );
    expect(stderr).toContain('1 question of unread is, with its answer, longer than');
  });

  test('a model needs tasks and data', async () => {
    const { json } = await workspace.json<Evaluated>('evaluate', 'model');
    expect(json.error?.message).toMatch(/--tasks must be given for a model/);
  });
});

describe('answers of another model', () => {
  test('are refused, and set aside when that is said', async () => {
    const results = workspace.path('evaluations', 'mixed');
    const asked = ['--tasks', 'parity', '--data', 'data', '--results', results];
    await workspace.json<Evaluated>('evaluate', 'model', ...asked);
    const before = readFileSync(join(results, 'parity.jsonl'), 'utf8');
    const { code, json } = await evaluate(checkpoints[0] ?? '', results);
    expect(code).toBe(2);
    expect(json.error?.code).toBe('answers-of-other-model');
    expect(readFileSync(join(results, 'parity.jsonl'), 'utf8')).toBe(before);
    const again = await evaluate(checkpoints[0] ?? '', results, '--replace');
    expect(again.code).toBe(0);
    expect(readFileSync(join(results, 'parity.jsonl.old'), 'utf8')).toBe(before);
    expect(linesOf(join(results, 'parity.jsonl'))).toHaveLength(6);
  });
});

describe('other protocols', () => {
  test('choices by log-likelihood and the perplexity of a text, in tables of their own', async () => {
    workspace.writeJson('data/pick/test.json', [{ instruction: 'is 1 even?', answer: 'no' }]);
    workspace.writeJson('data/pick/task.json', {
      ...{ protocol: 'choice', template: '{instruction}', choices: ['yes', 'no'] },
    });
    workspace.writeJson('data/text/task.json', { protocol: 'perplexity', windowLength: 16 });
    writeFileSync(workspace.path('data/text/test.txt'), 'is 3 even or odd? odd '.repeat(4));
    const asked = ['evaluate', 'model', '--tasks', 'parity,pick,text', '--data', 'data'];
    const { json } = await workspace.json<{ tasks: Record<string, unknown>[]; results: string }>(
      ...asked,
    );
    const [generated, chosen, measured] = json.tasks;
    expect(generated).toMatchObject({ protocol: 'generation', n: 6 });
    expect(chosen).toMatchObject({ protocol: 'choice', n: 1 });
    expect(measured).toMatchObject({ protocol: 'perplexity', tokens: 88 });
    expect(measured?.perplexity).toBeCloseTo(Math.exp(Number(measured?.natsPerToken)), 8);
    const { stdout } = await workspace.cli(...asked);
    expect(stdout).toMatch(
      /task +n +correct[^]*parity[^]*by log-likelihood[^]*pick[^]*nats a token/,
    );
    // The random model expects every byte about equally.
    expect(Number(measured?.natsPerToken)).toBeCloseTo(Math.log(260), 0);
  });

  test('at the end of a run, as events of their own', async () => {
    workspace.writeExperiment(
      { evaluation: { tasks: ['parity', 'pick', 'text'] } },
      'more.experiment.json',
    );
    const { json } = await workspace.json<Trained>('train', 'more.experiment.json');
    const events = readFileSync(join(json.runs[0]?.folder ?? '', 'events.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; task?: string });
    const figures = events.filter(({ task }) => task !== undefined);
    expect(figures.map(({ type, task }) => [type, task])).toEqual([
      ['accuracy', 'parity'],
      ['choice', 'pick'],
      ['perplexity', 'text'],
    ]);
  });
});
