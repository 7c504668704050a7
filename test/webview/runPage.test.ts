import { expect, test } from 'vitest';
import type { RunEvent } from '../../extension/shared/run';
import { joinLog } from '../../extension/shared/pages/runPage';
import { HistoryBuilder, type RunHistory } from '../../extension/shared/runHistory';
import type { Translate } from '../../extension/shared/translate';
import { StepSeries } from '../../webview/history/stepSeries';
import { checkpointRows } from '../../webview/run/checkpointRows';
import {
  advice,
  problemText,
  progressParts,
  runActions,
  trainedText,
} from '../../webview/run/headerText';
import { logLines } from '../../webview/run/logLines';
import { RunCharts } from '../../webview/run/runCharts';
import { rankMap, ranksAfter, ranksCsv } from '../../webview/run/ranks';
import { answerAt, promptAnswers, sampledSteps } from '../../webview/run/sampleModel';
import { shownSettings } from '../../webview/run/settingFilter';
import { wordDiff } from '../../webview/run/wordDiff';
import { emptyStatus } from '../../extension/runs/status';
import { sampleRun } from '../unit/runs/sampleRun';

const t: Translate = (message, ...values) =>
  message.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)]));

function historyOf(...events: RunEvent[]): RunHistory {
  const builder = new HistoryBuilder();
  builder.add(events);
  return builder.history;
}

function step(number: number, more: object = {}): RunEvent {
  const figures = { loss: 1 / number, gradNorm: 2, learningRate: 0.1, tokens: 10, seconds: 0.5 };
  return { seq: 0, type: 'step', step: number, ...figures, ...more };
}

test('the head tells how much is trained, as the paper counts it, where the run says so', () => {
  const run = sampleRun();
  const counted = { ...run, trainable: 56_975_360, parameters: 6_738_415_616 };
  expect(trainedText({ run: counted }, t)).toBe('57.0 M trained, 0.84 %');
  expect(trainedText({ run: { ...counted, added: 0 } }, t)).toBe('57.0 M trained, 0.85 %');
  expect(trainedText({ run }, t)).toBeUndefined();
});

const choices = { x: 'step' as const, smoothing: 0.5, isLog: false, ignoresOutliers: false };

test('steps are drawn over time, tokens and epochs too', () => {
  const series = new StepSeries();
  series.update(historyOf(step(1), step(2)).steps, 0.25);
  const xs = (kind: 'time' | 'tokens' | 'epochs') =>
    [0, 1].map((index) => series.points('loss', kind).x[index]);
  expect([xs('time'), xs('tokens'), xs('epochs')]).toEqual([
    [0.5, 1],
    [10, 20],
    [0.25, 0.5],
  ]);
  expect(series.points('tokensPerSecond', 'step').y[1]).toBe(20);
  expect([series.xAt(2, 'tokens'), series.xAt(3, 'tokens'), series.xAt(0, 'time')]).toEqual([
    20,
    undefined,
    0,
  ]);
});

test('a resumed run is drawn from where it went on', () => {
  const builder = new HistoryBuilder();
  const series = new StepSeries();
  builder.add([step(1), step(2), step(3)]);
  series.update(builder.history.steps, undefined);
  builder.add([{ seq: 0, type: 'resumed', step: 1 }, step(2, { seconds: 4 })]);
  series.update(builder.history.steps, undefined);
  expect(series.length).toBe(2);
  expect(series.elapsedSeconds).toBe(4.5);
});

test('charts of a run: memory where it was told, validation where there is any', () => {
  const made = new RunCharts();
  const run = { history: historyOf(step(1), step(2)), epochsAStep: undefined, clipNorm: 1 };
  const before = made.of(run, choices, t);
  expect(before.map(({ id }) => id)).toEqual(['loss', 'learningRate', 'gradNorm', 'speed']);
  expect(before[0]?.lines.map(({ id }) => id)).toEqual(['loss raw', 'loss']);
  expect(before[2]?.reference?.value).toBe(1);
  const more = historyOf(step(1, { memoryBytes: 5e8 }), {
    seq: 0,
    type: 'eval',
    step: 1,
    loss: 3,
    tokens: 1,
  });
  const after = new RunCharts().of(
    { ...run, history: more, clipNorm: 0 },
    { ...choices, smoothing: 0 },
    t,
  );
  expect(after.map(({ id }) => id)).toContain('memory');
  expect(after[0]?.lines.map(({ id }) => id)).toEqual(['loss', 'validation']);
  expect(after[2]?.reference).toBeUndefined();
});

test("a GPU's memory has a chart of its own, where one computed", () => {
  const chartsOf = (figures: object) => {
    const run = { history: historyOf(step(1, figures)), epochsAStep: undefined, clipNorm: 0 };
    const charts = new RunCharts().of(run, choices, t).filter(({ id }) => /memory/i.test(id));
    return charts.map(({ title, yAxis, lines }) => [
      ...[title, yAxis.title],
      ...lines.map(({ label, color }) => `${label} ${color}`),
    ]);
  };
  const process = ['Memory', 'Resident memory', 'Trainer process 0'];
  expect(chartsOf({})).toEqual([]);
  expect(chartsOf({ memoryBytes: 5e8 })).toEqual([process]);
  expect(chartsOf({ memoryBytes: 5e8, gpuBytes: 2 ** 31, gpuHeldBytes: 2 ** 32 })).toEqual([
    process,
    ['GPU memory', 'Memory', 'In use 0', 'Reserved 1'],
  ]);
});

test('checkpoints know what was measured at their step, and which is best', () => {
  const fits = [
    { module: 'q_proj', slope: -0.5, correlation: 0, points: 4, interval: null },
    { module: 'all', slope: 0.3, correlation: 0, points: 9, interval: null },
  ];
  const history = historyOf(
    step(10),
    { seq: 0, type: 'slope', step: 10, modules: [], fits },
    { seq: 0, type: 'eval', step: 10, loss: 0.4, tokens: 1 },
    step(20),
    { seq: 0, type: 'eval', step: 20, loss: 0.6, tokens: 1 },
    {
      seq: 0,
      type: 'accuracy',
      step: 20,
      task: 'facts',
      n: 4,
      correct: 3,
      accuracy: 0.75,
      seconds: 1,
    },
  );
  const kept = [10, 20].map((number) => ({ step: number, folder: `/c/${number}`, sizeBytes: 5 }));
  const [last, first] = checkpointRows(kept, history);
  expect(first).toMatchObject({
    step: 10,
    slope: 0.3,
    querySlope: -0.5,
    validation: 0.4,
    isBest: true,
  });
  expect(first?.loss).toBeCloseTo(0.1);
  expect(last).toMatchObject({ step: 20, slope: undefined, isBest: false });
  expect(last?.accuracies.get('facts')).toBe(0.75);
});

test('without validation the lowest loss is best, and one alone is not', () => {
  const history = historyOf(
    step(10, { loss: 0.2 }),
    step(20, { loss: 0.1 }),
    step(30, { loss: 0.3 }),
  );
  const kept = [10, 20, 30].map((number) => ({ step: number, folder: '', sizeBytes: 1 }));
  const best = (rows: typeof kept) =>
    checkpointRows(rows, history)
      .filter(({ isBest }) => isBest)
      .map((row) => row.step);
  expect(best(kept)).toEqual([20]);
  expect(best(kept.slice(0, 1))).toEqual([]);
});

test('the same answer in a row is told once', () => {
  const at = (number: number, text: string) => ({ step: number, samples: [{ prompt: 'p', text }] });
  const records = [at(0, 'a'), at(10, 'b'), at(20, 'b'), at(30, 'a')];
  const [answers] = promptAnswers(records);
  expect(answers?.answers).toEqual([
    { firstStep: 0, lastStep: 0, text: 'a' },
    { firstStep: 10, lastStep: 20, text: 'b' },
    { firstStep: 30, lastStep: 30, text: 'a' },
  ]);
  expect(answers && answerAt(answers, 20)?.text).toBe('b');
  expect(sampledSteps(records)).toEqual([0, 10, 20, 30]);
});

test('a difference of words gives both texts back', () => {
  const before = 'the cat sat on the mat';
  const after = 'the dog sat on a mat';
  const parts = wordDiff(before, after);
  const side = (kind: 'gone' | 'new') =>
    parts
      .filter((part) => part.kind !== (kind === 'gone' ? 'new' : 'gone'))
      .map(({ text }) => text)
      .join('');
  expect(side('gone')).toBe(before);
  expect(side('new')).toBe(after);
  expect(parts.filter(({ kind }) => kind === 'same').map(({ text }) => text.trim())).toEqual([
    'the',
    'sat on',
    'mat',
  ]);
  expect(wordDiff('same', 'same')).toEqual([{ kind: 'same', text: 'same' }]);
  expect(wordDiff('', 'x')).toEqual([{ kind: 'new', text: 'x' }]);
});

test('trouble in a log is marked, its stack too', () => {
  const lines = logLines('all well\nError: it broke\n    at run (x.js:1)\nwarning: slow\n');
  expect(lines.map(({ kind }) => kind)).toEqual(['plain', 'error', 'error', 'warning']);
});

test('a log grows, is replaced, and keeps its end', () => {
  const start = { text: 'a\n', isCut: false, replaces: true };
  expect(joinLog(start, { text: 'b\n', isCut: false, replaces: false })).toEqual({
    text: 'a\nb\n',
    isCut: false,
    replaces: true,
  });
  expect(joinLog(start, { text: 'c\n', isCut: false, replaces: true }).text).toBe('c\n');
  const long = joinLog(start, { text: 'line\n'.repeat(60_000), isCut: false, replaces: false });
  expect(long.isCut).toBe(true);
  expect(long.text.length).toBeLessThanOrEqual(128 * 1024);
  expect(long.text.startsWith('line\n')).toBe(true);
});

test('settings are found by every word', () => {
  const row = {
    value: '8',
    standard: '32',
    differs: true,
    isVaried: false,
    description: 'Rank of it.',
  };
  const rows = [
    { ...row, setting: 'adapter.rank' },
    { ...row, setting: 'training.seed', differs: false, description: 'Order.' },
  ];
  const names = (search: string, onlyDiffering = false) =>
    shownSettings(rows, { search, onlyDiffering }).map(({ setting }) => setting);
  expect(names('rank ADAPTER')).toEqual(['adapter.rank']);
  expect(names('')).toHaveLength(2);
  expect(names('', true)).toEqual(['adapter.rank']);
});

test('the head says how it stands and what to do', () => {
  const base = { run: sampleRun(), name: undefined, checkpoints: [] };
  const running = {
    ...base,
    status: {
      ...emptyStatus(),
      state: 'running' as const,
      step: 50,
      steps: 200,
      loss: 0.41234,
      tokensPerSecond: 1234.5,
      secondsLeft: 90,
    },
  };
  expect(progressParts(running, t)).toEqual([
    'Step 50 of 200',
    'loss 0.412',
    '1,235 tokens/s',
    '2 min left',
  ]);
  expect(runActions(running, true)).toContain('stop');
  expect(advice(running, t)).toBeUndefined();
  const lost = { ...base, status: { ...running.status, state: 'lost' as const } };
  expect(problemText(lost, t)).toContain('trainer is gone');
  expect(advice(lost, t)).toContain('begins again');
  expect(runActions(lost, true)).toContain('resume');
  expect(runActions(lost, false)).not.toContain('resume');
  expect(runActions(running, true)).not.toContain('showProfile');
  const profiled = sampleRun();
  profiled.settings.diagnostics.profile = 3;
  expect(runActions({ ...running, run: profiled }, true)).toContain('showProfile');
  const kept = [{ step: 40, folder: '/c', sizeBytes: 1 }];
  expect(advice({ ...lost, checkpoints: kept }, t)).toContain('step 40');
});

const told = (at: number, ranks: Record<string, number>): RunEvent => ({
  ...{ seq: 0, type: 'ranks', step: at },
  modules: Object.entries(ranks).map(([name, rank]) => ({ name, rank })),
});
const [q0, q1, up0] = [
  'model.layers.0.self_attn.q_proj',
  'model.layers.1.self_attn.q_proj',
  'model.layers.0.mlp.up_proj',
];

test('ranks are drawn as the mean of each type of module, which holds until it changes', () => {
  const history = historyOf(
    told(0, { [q0]: 6, [q1]: 6, [up0]: 6 }),
    ...[step(1), step(2), step(3)],
    told(3, { [q1]: 2, [up0]: 0 }),
    step(4),
  );
  const run = { history, epochsAStep: undefined, clipNorm: 0, isAdalora: true };
  const charts = new RunCharts().of(run, choices, t);
  expect(charts[0]?.title).toMatch(/without AdaLoRA's orthogonality term/);
  const lines = charts.find(({ id }) => id === 'ranks')?.lines ?? [];
  const drawn = lines.map(({ label, points: { x, y } }) => [label, Array.from(x), Array.from(y)]);
  expect(drawn).toEqual([
    ['q_proj', [0, 2, 3, 4], [6, 6, 4, 4]],
    ['up_proj', [0, 2, 3, 4], [6, 6, 0, 0]],
  ]);
  const looks = new Set(lines.map(({ color, dash }) => `${color % 6} ${dash % 6}`));
  expect(looks.size).toBe(lines.length);
});

test('the map of ranks has every module by layer, at any of the changes', () => {
  const { ranks } = historyOf(told(0, { [q0]: 6, [q1]: 6, [up0]: 6 }), told(3, { [q1]: 0 }));
  const first = rankMap(ranksAfter(ranks, 0));
  expect([first.types, first.layers, first.total, first.highest]).toEqual([
    ...[['q_proj', 'up_proj'], [0, 1], 18, 6],
  ]);
  const last = rankMap(ranksAfter(ranks, 1));
  expect([last.rank('q_proj', 1), last.rank('up_proj', 1), last.total]).toEqual([0, undefined, 12]);
  expect(ranksCsv(ranks)).toBe(`step,${q0},${q1},${up0}\n0,6,6,6\n3,6,0,6\n`);
});
