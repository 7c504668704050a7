import type { ListedTask } from '../../../extension/shared/listings';
// What is asked of the command line for an evaluation, what the user may choose, and how its progress reads.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EvaluationProgress } from '../../../extension/host/evaluation/evaluationProgress';
import {
  checkpointTarget,
  evaluateParameters,
  experimentFolder,
  modelTarget,
} from '../../../extension/host/evaluation/evaluationTarget';
import { limitChoices, taskItems } from '../../../extension/host/evaluation/taskChoice';
import type { RunView } from '../../../extension/host/runModel';
import { emptyStatus } from '../../../extension/runs/status';
import type { Method } from '../../../extension/shared/methods';
import { resolvedRun, sampleRun, temporaryFolder } from '../runs/sampleRun';

const t = (message: string, ...values: (string | number)[]): string =>
  message.replace(/\{(\d+)\}/g, (_, i) => String(values[Number(i)]));

function runView(folder: string, method: Method, experimentFile: string): RunView {
  const { settings } = resolvedRun({ method, 'evaluation.tasks': ['quiz'] });
  const run = { ...sampleRun(), settings, experimentFile };
  const status = { ...emptyStatus(), state: 'done' as const, step: 200, steps: 200 };
  return { folder, run, status, tags: { format: 1, star: false, tags: [], notes: '' } };
}

describe('a checkpoint', () => {
  const folder = '/project/runs/a';
  const checkpoint = { step: 50, folder: '/project/runs/a/checkpoints/step-000050' };

  test('of an adapter stands on the model of the run', () => {
    const target = checkpointTarget(
      runView(folder, 'dora', '/project/x.experiment.json'),
      checkpoint,
      t,
    );
    expect(target).toEqual({
      title: 'DoRA r32, step 50',
      model: '/project/model',
      adapter: checkpoint.folder,
      results: '/project/runs/a/results/step-000050',
      data: '/project/data',
      tasks: ['quiz'],
      limit: 0,
    });
    expect(
      evaluateParameters(target, { tasks: ['quiz', 'facts'], limit: 100 }, ['--threads', '2']),
    ).toEqual([
      ...['evaluate', '/project/model', '--adapter', checkpoint.folder, '--tasks', 'quiz,facts'],
      ...['--data', '/project/data', '--results', '/project/runs/a/results/step-000050'],
      ...['--limit', '100', '--threads', '2', '--judge-later', '--progress', 'json', '--json'],
    ]);
  });

  test('of full fine-tuning is a model by itself; the end of a run has no step of its own', () => {
    const view = runView(folder, 'full', '/project/x.experiment.json');
    const end = { step: 200, folder: '/project/runs/a/checkpoints/step-000200' };
    const target = checkpointTarget(view, end, t);
    expect(target).toMatchObject({ model: end.folder, results: '/project/runs/a/results' });
    const parameters = evaluateParameters(target, { tasks: ['quiz'], limit: 0 }, []);
    for (const absent of ['--adapter', '--limit', '--threads']) {
      expect(parameters).not.toContain(absent);
    }
  });

  test('of a copied run finds the experiment that was copied with it', () => {
    const place = temporaryFolder();
    const view = runView(join(place, 'runs', 'a'), 'dora', '/elsewhere/x.experiment.json');
    expect(experimentFolder(view)).toBe('/elsewhere');
    mkdirSync(join(place, 'model'));
    expect(experimentFolder(view)).toBe(place);
  });
});

test('a model has one folder of answers, each adapter on it another', () => {
  const place = { data: '/data', runsDirectory: '/project/runs' };
  const base = modelTarget('/models/smollm2', undefined, place);
  expect(base.title).toBe('smollm2');
  expect(base.results).toMatch(/^\/project\/evaluations\/smollm2-[0-9a-f]{8}$/);
  expect(modelTarget('/models/smollm2', undefined, place).results).toBe(base.results);
  const adapter = modelTarget('/models/smollm2', '/adapters/mine', place);
  expect(adapter.results).toMatch(/^\/project\/evaluations\/mine-[0-9a-f]{8}$/);
  expect(adapter.adapter).toBe('/adapters/mine');
});

describe('choices', () => {
  const listed: ListedTask[] = [
    {
      ...{ task: 'quiz', kind: 'own', protocol: 'generation', questions: 192 },
      ...{ beams: 4, maxNewTokens: 32 },
    },
    {
      ...{ task: 'hellaswag', kind: 'builtIn', protocol: 'generation', group: 'commonsense' },
      ...{ questions: 10_042, beams: 4, maxNewTokens: 32 },
    },
    { task: 'boolq', kind: 'own', questions: 0, problem: 'broken' },
  ];

  test('of tasks: those of the experiment are picked, broken ones left out', () => {
    const items = taskItems(listed, ['hellaswag'], t);
    expect(items.map(({ task, picked }) => [task, picked])).toEqual([
      ['quiz', false],
      ['hellaswag', true],
    ]);
    expect(items[1]?.description).toBe(
      "10,042 questions · the paper's protocol · 4 beams, 32 new tokens",
    );
    expect(taskItems(listed, [], t).every(({ picked }) => picked)).toBe(true);
  });

  test('another protocol than that of written answers says so, and is not picked by itself', () => {
    const [choice, text] = taskItems(
      [
        { task: 'boolq.choice', kind: 'builtIn', protocol: 'choice', questions: 3270 },
        { task: 'notes', kind: 'own', protocol: 'perplexity', questions: 1 },
      ],
      [],
      t,
    );
    expect(choice).toMatchObject({
      ...{ description: '3,270 questions · multiple choice by log-likelihood', picked: false },
    });
    expect(text).toMatchObject({ description: '1 texts · own task · perplexity', picked: true });
  });

  test("of numbers: the experiment's own first, none that no task reaches", () => {
    const limits = (tasks: ListedTask[], own: number): number[] =>
      limitChoices(tasks, own, t).map(({ limit }) => limit);
    expect(limits(listed, 0)).toEqual([0, 100, 500, 2000]);
    expect(limits(listed, 500)).toEqual([500, 0, 100, 2000]);
    expect(limits(listed.slice(0, 1), 0)).toEqual([0, 100]);
    expect(
      limits(
        listed.slice(0, 1).map((one) => ({ ...one, questions: 50 })),
        100,
      ),
    ).toEqual([0]);
  });
});

describe('progress', () => {
  const line = (label: string, done: number, total: number): string =>
    JSON.stringify({ label, done, total, details: [] });

  test('tells questions a second and the time left, from what this evaluation asked', () => {
    const progress = new EvaluationProgress(2, t);
    expect(progress.take(line('quiz', 100, 200), 1000)).toEqual({
      ...{ text: 'quiz: 100 of 200 questions', share: 0.25 },
    });
    expect(progress.take(line('quiz', 120, 200), 3000)).toEqual({
      text: 'quiz: 120 of 200 questions · 10 a second · 8 s left',
      share: 0.3,
    });
    expect(progress.take(line('facts', 0, 10), 9000)).toEqual({
      ...{ text: 'facts: 0 of 10 questions', share: 0.5 },
    });
    expect(progress.take(line('facts', 10, 10), 10_000)?.share).toBe(1);
  });

  test('passes over notes and words', () => {
    const progress = new EvaluationProgress(1, t);
    expect(progress.take('{"note":"quiz: 3 are longer"}', 0)).toBeUndefined();
    expect(progress.take('adapter-lab: no', 0)).toBeUndefined();
  });
});
