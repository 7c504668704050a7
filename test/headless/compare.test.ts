// adapter-lab compare: two evaluated models in words and figures.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prediction, writeResults } from '../unit/accuracy/sampleResults';
import { sampleRun } from '../unit/runs/sampleRun';
import { Workspace } from './workspace';

interface Compared {
  first: { name: string; results: string };
  second: { name: string };
  comparisons: ({ task: string | null; sentence: string } & Record<string, unknown>)[];
}

let workspace: Workspace;

/** Wrong where `isWrong` says so. */
function answer(
  folder: string,
  task: string,
  n: number,
  isWrong: (index: number) => boolean,
): void {
  const lines = Array.from({ length: n }, (_, i) => prediction(i, isWrong(i) ? 'b' : 'a', 'a'));
  writeResults(folder, task, lines);
}

beforeAll(() => {
  workspace = new Workspace();
  const run = workspace.path('runs', 'one');
  mkdirSync(run, { recursive: true });
  writeFileSync(join(run, 'run.json'), JSON.stringify(sampleRun()));
  answer(join(run, 'results'), 'quiz', 200, (i) => i < 20);
  answer(join(run, 'results'), 'facts', 100, (i) => i < 10);
  answer(join(run, 'results', 'step-000010'), 'quiz', 200, (i) => i < 100);
  const base = workspace.path('evaluations', 'base');
  answer(base, 'quiz', 150, (i) => i % 2 === 0);
  answer(base, 'facts', 100, (i) => i < 11);
  answer(base, 'blanks', 10, () => false);
  answer(workspace.path('evaluations', 'other'), 'blanks', 10, () => false);
});
afterAll(() => {
  workspace.remove();
});

describe('compare', () => {
  test('tells the average and each task that both were asked, in words', async () => {
    const { code, stdout } = await workspace.cli('compare', 'runs/one', 'evaluations/base');
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/ against base$/);
    // 150 in common: 20 against 75 wrong, 10 of them both: (65 - 10) / 150.
    expect(stdout).toMatch(/quiz +better by 36\.7 points, 95 % interval .*, same 150 questions/);
    expect(stdout).toMatch(
      /facts +better by 1\.0 points, which may be chance, .*same 100 questions/,
    );
    expect(stdout).toMatch(/average +better by 18\.8 points/);
    expect(stdout).toContain('3 comparisons, corrected after Holm');
  });

  test('has the figures as JSON, of the tasks that are named', async () => {
    const { code, json } = await workspace.json<Compared>(
      ...['compare', 'runs/one', 'evaluations/base', '--tasks', 'quiz'],
    );
    expect(code).toBe(0);
    expect(json.first.results).toBe(workspace.path('runs', 'one', 'results'));
    expect(json.comparisons).toHaveLength(1);
    expect(json.comparisons[0]).toMatchObject({
      ...{ task: 'quiz', n: 150, onlyFirst: 65, onlySecond: 10, unpaired: 50 },
      isSignificant: true,
    });
  });

  test('takes a checkpoint by its folder of results', async () => {
    const { json } = await workspace.json<Compared>(
      ...['compare', 'runs/one', 'runs/one/results/step-000010'],
    );
    expect(json.comparisons.map(({ task }) => task)).toEqual(['quiz']);
    expect(json.comparisons[0]?.sentence).toContain('better by 40.0 points');
  });

  test('averages own tasks by their group, also when their documents are gone', async () => {
    const records = ['1', '2', '3'].map((answer) => ({ instruction: `after ${answer}?`, answer }));
    for (const name of ['up', 'down']) {
      workspace.writeJson(`data/${name}/test.json`, records);
      const generation = { beams: 1, maxNewTokens: 2 };
      const own = { template: '{instruction}', extraction: 'number', group: 'counting' };
      const settings = { ...own, ...generation };
      workspace.writeJson(`data/${name}/task.json`, settings);
    }
    const evaluate = (results: string) =>
      workspace.cli(
        ...['evaluate', 'model', '--tasks', 'up,down,parity', '--data', 'data'],
        ...['--results', `evaluations/${results}`],
      );
    expect((await evaluate('mine')).stdout).toMatch(/mean of counting +\d/);
    await evaluate('yours');
    for (const name of ['up', 'down']) rmSync(workspace.path('data', name), { recursive: true });
    const { json } = await workspace.json<Compared>(
      ...['compare', 'evaluations/mine', 'evaluations/yours'],
    );
    expect(json.comparisons.map(({ task, group, n }) => [task, group, n])).toEqual([
      [null, 'counting', 6],
      ['down', 'counting', 3],
      ['parity', null, 6],
      ['up', 'counting', 3],
    ]);
  });

  test.each([
    [['runs/one', 'evaluations/other'], 'asked no question in common, with the same prompt'],
    [['runs/one', 'evaluations/base', '--tasks', 'blanks'], 'in common of blanks'],
    [['runs/one', 'data'], 'holds no results of an evaluation'],
  ])('refuses %j', async (parameters, sentence) => {
    const { code, stderr } = await workspace.cli('compare', ...parameters);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});
