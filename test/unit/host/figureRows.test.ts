// What figures sort runs by, and scores that judges gave.
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runRows } from '../../../extension/host/accuracy/accuracyRows';
import { figureRow } from '../../../extension/host/figures/figureRows';
import { JudgedFeed } from '../../../extension/host/figures/judgedFeed';
import type { RunView } from '../../../extension/host/runModel';
import { wordingVersion } from '../../../extension/shared/judging/judgePrompt';
import { makeView } from './runView';

type Settings = RunView['run']['settings'];

function recipeOf(change: (settings: Settings) => void): string | undefined {
  const view = structuredClone(makeView({ id: '1' }));
  change(view.run.settings);
  return runOf(view)?.recipe;
}

function runOf(view: RunView) {
  const place = { folder: view.folder, step: undefined, tasks: [], texts: [], isLocked: false };
  const [row] = runRows(view, [place], []);
  if (row === undefined) throw new Error('no row');
  return figureRow(row, view).run;
}

describe('what a run trained', () => {
  const usual = recipeOf(() => undefined);

  it('has one recipe for all methods, ranks, alphas, learning rates and seeds', () => {
    expect(recipeOf((one) => (one.method = 'lora'))).toBe(usual);
    expect(recipeOf((one) => (one.adapter.rank = 3))).toBe(usual);
    expect(recipeOf((one) => (one.adapter.alpha = 7))).toBe(usual);
    expect(recipeOf((one) => (one.training.learningRate = 1))).toBe(usual);
    expect(recipeOf((one) => (one.training.seed = 9))).toBe(usual);
    expect(recipeOf((one) => (one.name = 'other'))).toBe(usual);
  });

  it('has another for anything else that decides the weights', () => {
    const others = [
      recipeOf((one) => (one.adapter.targets = ['o_proj'])),
      recipeOf((one) => (one.adapter.dropout = 0.5)),
      recipeOf((one) => (one.training.steps = 12_345)),
      recipeOf((one) => (one.data.maxLength = 17)),
    ];
    expect(new Set([usual, ...others]).size).toBe(5);
  });

  it('has no rank where there is no adapter', () => {
    const view = structuredClone(makeView({ id: '1' }));
    view.run.settings.method = 'full';
    expect(runOf(view)).toMatchObject({ rank: null, alpha: null, targets: [] });
    view.run.settings.method = 'dora';
    view.run.settings.adapter = { ...view.run.settings.adapter, rank: 8, alpha: undefined };
    expect(runOf(view)).toMatchObject({ rank: 8, alpha: 16 });
  });
});

describe('judged scores', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'judged-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const answer = (index: number) => ({
    ...{ index, id: String(index), category: 'math', turn: 1, question: 'q', text: 'a' },
    ...{ tokens: [1], prompt: 'p', promptHash: 'h', model: 'm', answerHash: `a${index}` },
  });
  const judgement = (index: number, judge: string, score: number | null) => ({
    ...{ index, turn: 1, judge, score, text: '', tries: 1, answerHash: `a${index}` },
    ...{ promptHash: `p${index}`, wording: wordingVersion },
  });
  const write = (name: string, lines: object[]): void => {
    writeFileSync(join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  };

  it('are found by run, task and judge', async () => {
    const results = join(folder, 'results');
    mkdirSync(join(results, 'judgements'), { recursive: true });
    write('results/mt_bench.jsonl', [answer(0), answer(1)]);
    write('results/judgements/mt_bench.jsonl', [
      judgement(0, 'x', 4),
      judgement(1, 'x', null),
      judgement(0, 'y', 7),
      judgement(1, 'y', 8),
    ]);
    const view = { ...structuredClone(makeView({ id: '1' })), folder };
    const source = { runs: () => [view], evaluations: () => Promise.resolve([]) };
    const feed = new JudgedFeed(source, () => undefined);
    await feed.start();
    feed.dispose();
    expect(feed.rows).toHaveLength(1);
    expect(feed.rows[0]?.folder).toBe(folder);
    const told = feed.rows[0]?.scores.map(({ judge, score, judged, notJudged }) => [
      ...[judge, score, judged, notJudged],
    ]);
    expect(told).toEqual([
      ['y', 7.5, 2, 0],
      ['x', 4, 1, 1],
    ]);
  });

  it('are none where nobody judged', async () => {
    const view = { ...structuredClone(makeView({ id: '1' })), folder };
    const source = { runs: () => [view], evaluations: () => Promise.resolve([folder]) };
    const feed = new JudgedFeed(source, () => undefined);
    await feed.start();
    feed.dispose();
    expect(feed.rows).toEqual([]);
  });
});
