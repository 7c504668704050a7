// Rows of the accuracy tables from what is on the disk.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AccuracyFeed, type AccuracyNews } from '../../../extension/host/accuracy/accuracyFeed';
import { modelRow, resultsPlace, runRows } from '../../../extension/host/accuracy/accuracyRows';
import type { RunView } from '../../../extension/host/runModel';
import { evaluationFolders, evaluationsDirectory } from '../../../extension/runs/evaluations';
import { ResultsReader } from '../../../extension/runs/results';
import { emptyStatus } from '../../../extension/runs/status';
import type { EvaluationFile } from '../../../extension/shared/evaluationFile';
import type { EventOf } from '../../../extension/shared/run';
import { resolvedRun, sampleRun, temporaryFolder } from '../runs/sampleRun';
import { appendResults, prediction, writeResults } from './sampleResults';

function runView(folder: string, name?: string): RunView {
  const { settings } = resolvedRun({ 'evaluation.tasks': ['quiz', 'facts'] });
  const run = { ...sampleRun(), settings, trainable: 50, parameters: 950 };
  const status = { ...emptyStatus(), state: 'done' as const, step: 200, steps: 200 };
  const tags = { format: 1 as const, star: false, tags: [], notes: '', ...(name && { name }) };
  return { folder, run, status, tags };
}

function told(step: number, task: string, correct: number): EventOf<'accuracy'> {
  return {
    seq: 1,
    type: 'accuracy',
    step,
    task,
    n: 10,
    correct,
    accuracy: correct / 10,
    seconds: 1,
  };
}

function evaluation(changes: Partial<EvaluationFile> = {}): EvaluationFile {
  return {
    format: 1,
    name: 'smollm2',
    model: '/models/smollm2',
    adapter: null,
    method: 'base',
    created: '2026-11-24T02:15:04.000Z',
    parameters: 950,
    trainable: null,
    ...changes,
  };
}

describe('rows of a run', () => {
  test('are one a step; files count before events, tasks stand as in the experiment', async () => {
    const folder = temporaryFolder();
    writeResults(join(folder, 'results'), 'facts', [
      prediction(0, 'a', 'a'),
      prediction(1, '', 'a'),
    ]);
    writeResults(join(folder, 'results', 'step-000050'), 'facts', [prediction(0, 'a', 'b')]);
    const results = await new ResultsReader().readRun(folder);
    const events = [told(200, 'facts', 9), told(200, 'quiz', 7), told(100, 'quiz', 6)];
    const rows = runRows(runView(folder), results, events);
    expect(rows.map(({ step, isEnd, figures }) => [step, isEnd, figures])).toEqual([
      [
        200,
        true,
        [
          { task: 'quiz', n: 10, correct: 7, unanswered: null, hasPredictions: false },
          { task: 'facts', n: 2, correct: 1, unanswered: 1, hasPredictions: true },
        ],
      ],
      [50, false, [{ task: 'facts', n: 1, correct: 0, unanswered: 0, hasPredictions: true }]],
      [100, false, [{ task: 'quiz', n: 10, correct: 6, unanswered: null, hasPredictions: false }]],
    ]);
    expect(rows[0]).toMatchObject({
      ...{ id: join(folder, 'results'), name: 'DoRA r32', method: 'DoRA', experiment: 'boolq' },
      ...{ model: 'model', trainablePercent: 5 },
    });
  });

  test('carry the group and the measure of each task, from its document or from the event', () => {
    const tally = { file: '', n: 10, correct: 5, unanswered: 0 };
    const asked = { group: 'sums', isExactMath: true };
    const tasks = [
      { ...tally, task: 'mine', asked },
      { ...tally, task: 'old' },
    ];
    const place = { folder: '/runs/a/results', step: undefined, tasks, texts: [], isLocked: false };
    const event = { ...told(200, 'quiz', 7), group: 'trivia' };
    const [row] = runRows(runView('/runs/a'), [place], [event]);
    const of = (name: string) => row?.figures.find(({ task }) => task === name);
    expect(of('mine')).toMatchObject(asked);
    expect(of('old')).not.toHaveProperty('group');
    expect(of('quiz')).toMatchObject({ group: 'trivia' });
  });

  test('bear the name that the user gave the run', () => {
    const rows = runRows(runView('/runs/a', 'my best'), [], [told(200, 'quiz', 1)]);
    expect(rows[0]?.name).toBe('my best');
  });

  test('have no share of trained values where it was not kept', () => {
    const view = runView('/runs/a');
    const run = { ...view.run, trainable: undefined };
    expect(runRows({ ...view, run }, [], [told(200, 'quiz', 1)])[0]?.trainablePercent).toBeNull();
  });
});

test('the end of a run has its results in results/ itself', () => {
  const view = runView('/runs/a');
  expect(resultsPlace(view, 200)).toBe(join('/runs/a', 'results'));
  expect(resultsPlace(view, 50)).toBe(join('/runs/a', 'results', 'step-000050'));
});

test('a model is a row of its own', () => {
  const folder = {
    folder: '/evaluations/a',
    step: undefined,
    tasks: [],
    texts: [],
    isLocked: false,
  };
  expect(modelRow(evaluation(), folder)).toMatchObject({
    ...{ kind: 'model', name: 'smollm2', method: '', step: null, trainablePercent: null },
  });
  const adapter = evaluation({ adapter: '/adapters/mine', method: 'dora', trainable: 50 });
  expect(modelRow(adapter, folder)).toMatchObject({ method: 'DoRA', trainablePercent: 5 });
});

describe('the feed', () => {
  test('tells of runs, evaluations, and answers as they come', async () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'runs', 'a');
    const file = writeResults(join(folder, 'results'), 'quiz', [prediction(0, 'a', 'a')]);
    writeResults(join(folder, 'results'), 'facts', [prediction(0, 'a', 'a')]);
    const models = evaluationsDirectory(join(parent, 'runs'));
    mkdirSync(join(models, 'base'), { recursive: true });
    writeFileSync(join(models, 'base', 'evaluation.json'), JSON.stringify(evaluation()));
    writeResults(join(models, 'base'), 'quiz', [prediction(0, 'b', 'a')]);
    let views = [runView(folder)];
    const heard: AccuracyNews[] = [];
    const feed = new AccuracyFeed(
      {
        results: new ResultsReader(),
        runs: () => views,
        evaluations: () => evaluationFolders(models),
      },
      (news) => heard.push(news),
    );
    try {
      await feed.start();
      expect(feed.rows.map(({ kind, figures }) => [kind, figures.length])).toEqual([
        ['run', 2],
        ['model', 1],
      ]);
      const told = heard.length;
      appendResults(file, [prediction(1, 'b', 'a')]);
      await until(() => feed.rows[0]?.figures[0]?.n === 2);
      // Other news may follow at once.
      const appended = heard.slice(told).flatMap(({ changed }) => changed.map(({ id }) => id));
      expect(new Set(appended)).toEqual(new Set([join(folder, 'results')]));
      views = [];
      const removed = (): string[] => heard.flatMap((news) => news.removed);
      await until(() => removed().length > 0);
      expect(removed()).toEqual([join(folder, 'results')]);
      expect(feed.rows).toHaveLength(1);
    } finally {
      feed.dispose();
    }
  });

  test('counts runs of which nothing is evaluated', async () => {
    const view = runView(temporaryFolder());
    const source = { results: new ResultsReader(), evaluations: () => Promise.resolve([]) };
    const heard: AccuracyNews[] = [];
    const feed = new AccuracyFeed({ ...source, runs: () => [view] }, (news) => heard.push(news));
    try {
      await feed.start();
      expect(heard).toEqual([{ changed: [], removed: [], unevaluatedRuns: 1 }]);
      writeResults(join(view.folder, 'results'), 'quiz', [prediction(0, 'a', 'a')]);
      await until(() => feed.unevaluatedRuns === 0);
      expect(heard.at(-1)).toMatchObject({ changed: [{ step: 200 }], unevaluatedRuns: 0 });
    } finally {
      feed.dispose();
    }
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 8000;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error('it did not come');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('runs are one family when nothing but their seed differs', () => {
  const seedOf = (changes: Record<string, unknown>, varied = {}) => {
    const view = runView('/runs/one');
    const { settings } = resolvedRun(changes);
    const run = { ...view.run, settings, varied };
    const [row] = runRows({ ...view, run }, [], [told(200, 'quiz', 7)]);
    return row?.seed;
  };
  const first = seedOf({ 'training.seed': 1 }, { 'training.seed': 1, 'data.maxLength': 64 });
  const second = seedOf({ 'training.seed': 2 }, { 'training.seed': 2 });
  expect(first?.seed).toBe(1);
  expect(first?.name).toMatch(/maxLength 64$/);
  expect(second?.name).not.toContain('seed');
  expect(first?.group).toBe(second?.group);
  expect(seedOf({ 'training.learningRate': 0.5 })?.group).not.toBe(first?.group);
  expect(
    modelRow(evaluation(), { folder: '/e', step: undefined, tasks: [], texts: [], isLocked: false })
      .seed,
  ).toBeNull();
});
