// Evaluations into a folder of results, as the editor asks for them: tasks found, answers kept beside a run's own,
// one writer at a time, progress for programs.
import { existsSync, readFileSync, writeFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Workspace } from './workspace';

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
