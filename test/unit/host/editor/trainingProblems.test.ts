import { parse } from 'jsonc-parser';
import { describe, expect, test } from 'vitest';
import type { ToldRun } from '../../../../extension/host/editor/notes';
import { outlineOf } from '../../../../extension/host/editor/outline';
import type { RunWarning } from '../../../../extension/host/editor/runOutcome';
import { trainingProblems } from '../../../../extension/host/editor/trainingProblems';
import { makeView, t, type MadeView } from '../runView';
import { windows } from './texts';

const text = `{
  "method": "dora",
  "data": { "train": ["a.json"], "maxLength": 64 },
  "training": { "learningRate": 2e-3, "batchSize": 16 },
  "evaluation": { "tasks": ["facts", "quiz"] }
}`;

const settings = {
  data: { train: ['a.json'], maxLength: 64 },
  training: { learningRate: 0.002, batchSize: 16 },
  evaluation: { tasks: ['facts', 'quiz'] },
};

function run(warnings: Partial<RunWarning>[], made: Partial<MadeView> = {}): ToldRun {
  return {
    view: makeView({ id: '1', settings, ...made }),
    outcome: {
      ...{ accuracies: [], fit: undefined, points: [] },
      warnings: warnings.map((one) => ({
        ...{ code: '', message: 'It is so.', step: 1, data: {}, ...one },
      })),
    },
  };
}

function problemsIn(source: string, runs: readonly ToldRun[], longestRecord = 90) {
  const found = trainingProblems(runs, { outline: outlineOf(source), longestRecord, t });
  return found.map(({ span, fixes, ...problem }) => ({
    ...problem,
    at: source.slice(span.start, span.end),
    fixed: fixes.map(({ changes }) =>
      changes.reduceRight(
        (result, { start, end, text: inserted }) =>
          result.slice(0, start) + inserted + result.slice(end),
        source,
      ),
    ),
  }));
}

describe('problems found while training', () => {
  test('stand at the value of the setting that causes them, whatever the line ends', () => {
    const warnings = ['loss-rising', 'records-cut', 'magnitude-still'].map((code) => ({ code }));
    for (const source of [text, windows(text)]) {
      const found = problemsIn(source, [run(warnings)]);
      expect(found.map(({ code, at }) => [code, at])).toEqual([
        ['loss-rising', '2e-3'],
        ['records-cut', '64'],
        ['magnitude-still', '2e-3'],
      ]);
    }
  });

  test('are mended: half the rate, records whole', () => {
    const [rising, cut] = problemsIn(text, [
      run([{ code: 'loss-rising' }, { code: 'records-cut' }]),
    ]);
    expect(parse(rising?.fixed[0] ?? '')).toMatchObject({ training: { learningRate: 0.001 } });
    expect(parse(cut?.fixed[0] ?? '')).toMatchObject({ data: { maxLength: 90 } });
  });

  test('a failure counts like a warning, and names its run', () => {
    const failure = { code: 'loss-not-finite', message: 'The loss became NaN.' };
    const [found] = problemsIn(text, [run([], { status: { state: 'failed', failure } })]);
    expect(found).toMatchObject({
      at: '2e-3',
      message: 'The loss became NaN.',
      folder: '/w/runs/1',
    });
  });

  test('answers that are never read stand at their task', () => {
    const warning = { code: 'answers-not-extracted', data: { task: 'quiz' } };
    expect(problemsIn(text, [run([warning])])[0]?.at).toBe('"quiz"');
  });

  test('are gone when the setting is edited, not when another is', () => {
    const rising = [run([{ code: 'loss-rising' }])];
    expect(problemsIn(text.replace('2e-3', '1e-3'), rising)).toEqual([]);
    expect(problemsIn(text.replace('64', '128'), rising)).toHaveLength(1);
    expect(problemsIn(text.replace('2e-3', '0.002'), rising)).toHaveLength(1);
  });

  test('of a grid stand at the value that the run had, and say which run', () => {
    const grid = '{ "grid": { "training.learningRate": [1e-3, 2e-3] } }';
    const varied = { 'training.learningRate': 0.002 };
    const [found] = problemsIn(grid, [
      run([{ code: 'loss-rising' }], { varied }),
      run([], { id: '2', varied: { 'training.learningRate': 0.001 } }),
    ]);
    expect(found?.at).toBe('2e-3');
    expect(found?.message).toBe('DoRA r32 · learningRate 0.002: It is so.');
    // The grid's own values are not changed behind its back.
    expect(found?.fixed).toEqual([]);
    expect(
      problemsIn(grid.replace(', 2e-3', ''), [run([{ code: 'loss-rising' }], { varied })]),
    ).toEqual([]);
  });

  test('stand at the method where the setting was left out', () => {
    const bare = '{ "model": "m", "method": "dora" }';
    const [found] = problemsIn(bare, [run([{ code: 'loss-rising' }])]);
    expect(found?.at).toBe('"dora"');
    expect(parse(found?.fixed[0] ?? '')).toMatchObject({ training: { learningRate: 0.001 } });
  });

  test('what no setting causes is left to the run page', () => {
    expect(problemsIn(text, [run([{ code: 'something-else' }])])).toEqual([]);
  });
});
