import { describe, expect, it } from 'vitest';
import { accuraciesReport } from '../../../extension/host/languageTools/accuracyReport';
import { chooseRuns, nothingFound } from '../../../extension/host/languageTools/chosenRuns';
import { describeCurve } from '../../../extension/host/languageTools/lossCurve';
import { pooledFits } from '../../../extension/host/languageTools/pooledSlopes';
import { listRunsReport } from '../../../extension/host/languageTools/runListing';
import { summarizeRun } from '../../../extension/host/languageTools/runSummary';
import { slopesReport } from '../../../extension/host/languageTools/slopeReport';
import { fitToBudget } from '../../../extension/host/languageTools/tokenBudget';
import {
  readRunQuery,
  readSlopeQuery,
  readTrainingRequest,
} from '../../../extension/host/languageTools/toolInput';
import {
  confirmationOf,
  uselessOverride,
} from '../../../extension/host/languageTools/trainingPlan';
import { joinDetails } from '../../../extension/host/runDetails';
import { RunDigest } from '../../../extension/host/runDigest';
import type { RunView } from '../../../extension/host/runModel';
import { experimentSettings } from '../../../extension/shared/experiment';
import type { NewRunEvent, RunEvent, StatusFile } from '../../../extension/shared/run';
import { fitSlopes } from '../../../extension/shared/slopeFits';

const t = (message: string, ...values: (string | number)[]): string =>
  message.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)]));

interface Made {
  number: number;
  experiment?: string;
  method?: 'full' | 'lora' | 'dora';
  status?: Partial<StatusFile>;
  name?: string;
  tags?: string[];
}

function makeRun({ number, experiment = 'boolq', method = 'dora', ...more }: Made): RunView {
  const id = `2026030${number}T110000Z-${method}-r32-000${number}`;
  const settings = experimentSettings.parse({
    name: experiment,
    model: 'models/tiny',
    data: { train: ['train.json'] },
    method,
    training: { steps: 100 },
  });
  const status: StatusFile = {
    format: 1,
    state: 'done',
    step: 100,
    steps: 100,
    loss: 0.4123456,
    tokensPerSecond: null,
    secondsLeft: null,
    pid: null,
    host: null,
    heartbeat: '2026-03-01T11:55:00Z',
    ...more.status,
  };
  const run = {
    format: 1 as const,
    id,
    experiment,
    experimentFile: `/w/${experiment}.experiment.json`,
    created: `2026-03-0${number}T11:00:00Z`,
    settings,
    varied: { method },
    versions: {},
    gitCommit: null,
    model: [],
    data: [],
  };
  const tags = {
    format: 1 as const,
    star: false,
    tags: more.tags ?? [],
    notes: '',
    ...(more.name !== undefined && { name: more.name }),
  };
  return { folder: `/w/runs/${id}`, run, status, tags };
}

function numbered(events: NewRunEvent[]): RunEvent[] {
  return events.map((event, index) => ({ ...event, seq: index + 1 }));
}

/** Over 12 layers; `sign` is that of the correlation. */
function slopeEvent(step: number, sign: 1 | -1): NewRunEvent {
  const modules = Array.from({ length: 12 }, (_, layer) => ({
    name: `model.layers.${layer}.self_attn.q_proj`,
    deltaD: 0.01 + layer / 1000,
    deltaM: 0.05 + (sign * layer) / 2000 + ((layer * 7) % 5) / 100_000,
  }));
  return { type: 'slope', step, modules, fits: fitSlopes(modules) };
}

function accuracyEvent(step: number, task: string, correct: number, group?: string): NewRunEvent {
  const figure = { step, task, n: 200, correct, accuracy: correct / 200, seconds: 1 };
  return { type: 'accuracy', ...figure, ...(group !== undefined && { group }) };
}

const runs = [
  makeRun({ number: 1, method: 'full' }),
  makeRun({ number: 2, method: 'lora', tags: ['best'], name: 'baseline' }),
  makeRun({ number: 3, experiment: 'piqa', status: { state: 'failed', step: 7, loss: null } }),
];

describe('what a model asks for', () => {
  it('is read whatever its form', () => {
    expect(readRunQuery({ runs: ' a1b2 ', limit: 2.9, state: '', method: 3 })).toEqual({
      runs: ['a1b2'],
      limit: 2,
    });
    expect(readSlopeQuery({ runs: ['a', 5, ''], modules: ['q_proj'] })).toEqual({
      runs: ['a'],
      modules: ['q_proj'],
    });
    expect(readRunQuery(null)).toEqual({});
    expect(readTrainingRequest({ overrides: [1] })).toEqual({ overrides: {} });
  });

  it('finds runs by id, end of id, name, label, and by filters together', () => {
    const ids = (query: object) => chooseRuns(runs, query).runs.map(({ run }) => run.id.slice(-4));
    expect(ids({})).toEqual(['0003', '0002', '0001']);
    expect(ids({ runs: ['0001', 'Baseline'] })).toEqual(['0002', '0001']);
    expect(ids({ runs: ['LoRA r32'] })).toEqual(['0002']);
    expect(ids({ method: 'FT' })).toEqual(['0001']);
    expect(ids({ experiment: 'boolq', tag: 'best' })).toEqual(['0002']);
    expect(ids({ experiment: 'piqa', state: 'done' })).toEqual([]);
  });

  it('is told what there is when nothing fits', () => {
    const chosen = chooseRuns(runs, { runs: ['beef'] });
    expect(nothingFound(runs, chosen)).toContain('No run is called beef.');
    expect(nothingFound(runs, chosen)).toContain('boolq, piqa');
    expect(nothingFound([], chosen)).toBe('This workspace holds no runs yet.');
  });
});

describe('the list of runs', () => {
  it('has one line a run and says how many there are beyond the limit', () => {
    const text = listRunsReport(runs, { limit: 2 });
    expect(text).toContain('3 runs; the newest 2:');
    expect(text).toContain('dora r32 | failed | 7/100 | - |');
    expect(text).toContain('baseline, best');
    expect(text).not.toContain('0001 |');
  });
});

describe('a loss curve in words', () => {
  const curve = (loss: (step: number) => number) =>
    Array.from({ length: 100 }, (_, index) => ({ step: index + 1, loss: loss(index + 1) }));

  it('tells where it began, where it ended and how fast it fell', () => {
    const text = describeCurve(curve((step) => (step < 20 ? 2 - step / 20 : 1)));
    expect(text).toContain(
      'From 1.85 (mean of the first 5 logged steps) to 1 (mean of the last 5)',
    );
    expect(text).toContain('down 46 %');
    expect(text).toContain('Half of that was reached at step 12');
    expect(text).toContain('Flat over the last quarter.');
  });

  it('tells a fall that goes on from a rise', () => {
    expect(describeCurve(curve((step) => 2 - step / 100))).toContain('Still falling');
    expect(describeCurve(curve((step) => 1 + step / 100))).toContain(
      'Rising over the last quarter',
    );
  });

  it('names spikes', () => {
    const text = describeCurve(curve((step) => (step === 60 ? 9 : 1)));
    expect(text).toContain('Spikes at steps 60 (9).');
  });

  it('lists a short one', () => {
    expect(describeCurve([])).toBe('No step has been logged yet.');
    expect(describeCurve([{ step: 1, loss: 0.5 }])).toBe('Only 1 steps: 0.5 at step 1.');
  });
});

describe('the summary of a run', () => {
  it('joins settings, curve, checkpoints, warnings and the failure', () => {
    const failure = { code: 'loss-not-finite', message: 'The loss became NaN at step 4.' };
    const view = makeRun({ number: 3, status: { state: 'failed', step: 4, failure } });
    const events = numbered([
      { type: 'step', step: 1, loss: 2, gradNorm: 1, learningRate: 1, tokens: 50, seconds: 0.5 },
      { type: 'eval', step: 1, loss: 2.5, tokens: 9 },
      { type: 'eval', step: 2, loss: 2.75, tokens: 9 },
      accuracyEvent(2, 'boolq', 150),
      slopeEvent(2, -1),
      { type: 'warning', code: 'x', message: 'Magnitudes do not move.' },
    ]);
    const folder = { step: 2, folder: '/w/checkpoints/step-000002', sizeBytes: 2_000_000 };
    const text = summarizeRun({
      view,
      events,
      details: joinDetails([folder], new RunDigest(events)),
    });
    expect(text).toContain('failed at step 4 of 100: The loss became NaN at step 4.');
    expect(text).toContain('rank 32, alpha 64');
    expect(text).toContain('Only 1 steps: 2 at step 1.');
    expect(text).toContain('the lowest was 2.5 at step 1: it rose since');
    expect(text).toContain('50 tokens in 0.5 s of steps: 100 tokens/s');
    expect(text).toContain('boolq: 75.0 % of 200');
    expect(text).toContain('/w/checkpoints/step-000002');
    expect(text).toContain('Magnitudes do not move.');
  });
});

describe('the slopes', () => {
  it('say which run learned like full fine-tuning, that one first', async () => {
    const [full, lora, failed] = runs;
    if (full === undefined || lora === undefined || failed === undefined) throw new Error('runs');
    const text = await slopesReport([
      { view: lora, events: numbered([slopeEvent(50, 1), slopeEvent(100, 1)]) },
      { view: full, events: numbered([slopeEvent(50, -1), slopeEvent(100, -1)]) },
      { view: failed, events: [] },
    ]);
    const [first = '', second = ''] = text.split('\n').filter((line) => line.startsWith('| 2026'));
    expect(first).toContain('0001 | boolq · FT | full fine-tuning | q_proj -');
    expect(second).toContain('0002 | baseline (boolq · LoRA r32) | LoRA | q_proj +');
    expect(text).toContain('Not measured yet (diagnostics.every sets how often): 20260303T');
    expect(text).toContain('FT -0.62');
  });

  it('can be narrowed to modules', async () => {
    const [view] = runs;
    if (view === undefined) throw new Error('runs');
    const measured = [{ view, events: numbered([slopeEvent(10, 1)]) }];
    expect(await slopesReport(measured, ['q_proj'])).not.toContain('| all | 10 |');
    expect(await slopesReport(measured)).toContain('| all | 10 |');
    expect(await slopesReport(measured, ['o_proj'])).toContain(
      'No module of that name was measured.',
    );
  });

  it('decide nothing where layers are few, and nothing where all are alike', async () => {
    const [view] = runs;
    if (view === undefined) throw new Error('runs');
    const few = [0, 1, 2].map((layer) => ({
      name: `model.layers.${layer}.self_attn.q_proj`,
      deltaD: 0.01 + layer / 1000,
      deltaM: 0.05 - layer / 1000,
    }));
    const alike = few.map(({ name }) => ({ name, deltaD: 0.01, deltaM: 0.05 }));
    const text = (modules: typeof few) =>
      slopesReport([
        { view, events: numbered([{ type: 'slope', step: 5, modules, fits: fitSlopes(modules) }]) },
      ]);
    expect(await text(few)).toContain('| too few layers to say | q_proj -1.00');
    expect(await text(alike)).toContain('| no correlation |');
  });

  it('are pooled over the measurements, each layer resampled as a whole', async () => {
    const events = numbered([slopeEvent(50, 1), slopeEvent(100, -1)]);
    const fit = (await pooledFits(events)).find(({ module }) => module === 'q_proj');
    expect(fit?.points).toBe(24);
    expect(fit?.correlation).toBeCloseTo(0, 1);
  });
});

describe('the accuracies', () => {
  it('come with n and interval, the last evaluation of a task, the best mean first', () => {
    const [full, lora, failed] = runs;
    if (full === undefined || lora === undefined || failed === undefined) throw new Error('runs');
    const text = accuraciesReport(
      [
        {
          view: full,
          events: numbered([accuracyEvent(50, 'boolq', 10), accuracyEvent(90, 'boolq', 100)]),
        },
        {
          view: lora,
          events: numbered([accuracyEvent(90, 'boolq', 150), accuracyEvent(90, 'piqa', 1)]),
        },
        { view: failed, events: [] },
      ],
      ['boolq'],
    );
    const [first = '', second = ''] = text.split('\n').filter((line) => line.startsWith('| 2026'));
    expect(first).toContain('0002 |');
    expect(first).toContain('| 75.0 [68.6, 80.5] of 200 | 75.0 |');
    expect(second).toContain('| 50.0 [43.1, 56.9] of 200 | 50.0 |');
    expect(text).not.toContain('piqa |');
    expect(text).toContain('Not evaluated: 20260303T');
  });

  it('have a mean for each group of tasks', () => {
    const [full] = runs;
    if (full === undefined) throw new Error('runs');
    const events = numbered([
      ...[accuracyEvent(90, 'boolq', 100), accuracyEvent(90, 'piqa', 200)],
      accuracyEvent(90, 'mine', 50, 'drinks'),
    ]);
    const text = accuraciesReport([{ view: full, events }]);
    expect(text).toContain('| mean commonsense | mean drinks |');
    expect(text).toContain('of 200 | 75.0 | 25.0 |');
  });

  it('say when there are none', () => {
    expect(accuraciesReport([])).toContain('None of these runs has been evaluated');
  });
});

describe('a start of training', () => {
  const runsOfGrid = ['full', 'lora', 'dora'].map((method) => ({
    method,
    varied: { method, 'training.seed': 1 },
    steps: 200,
    ...{ trainable: 2000, added: method === 'full' ? 0 : 2000, parameters: 100_000 },
  }));

  it('is confirmed by count, experiment and changed settings', () => {
    const plan = {
      name: 'starter',
      file: '/w/starter.experiment.json',
      runs: runsOfGrid,
      overrides: { 'training.steps': 200, grid: { method: ['full'] } },
    };
    const { title, message } = confirmationOf(plan, t);
    expect(title).toBe('Train 3 runs of starter?');
    expect(message).toContain(
      'FT, training.seed 1, 200 steps, 2.00 k trained, 2.00 %; LoRA, training.seed 1, 200 steps, 2.00 k trained, 1.96 %',
    );
    expect(message).toContain('- `training.steps`: `200`');
    expect(message).toContain('- `grid`: `{"method":["full"]}`');
    expect(message).toContain('one after another');
    const one = { ...plan, runs: runsOfGrid.slice(0, 1), overrides: {} };
    expect(confirmationOf(one, t).title).toBe('Train 1 run of starter?');
    expect(confirmationOf(one, t).message).not.toContain('Changed');
  });

  it('refuses a change that the grid would undo', () => {
    const plan = { name: 'starter', file: '', runs: runsOfGrid, overrides: { method: 'lora' } };
    expect(uselessOverride(plan)).toContain('varies method');
    expect(uselessOverride({ ...plan, overrides: { 'training.steps': 1 } })).toBeUndefined();
  });
});

describe('the room for an answer', () => {
  const countTokens = (text: string) => Promise.resolve(text.length);

  it('cuts whole lines from the end and says so', async () => {
    const text = Array.from({ length: 50 }, (_, index) => `line ${index}`).join('\n');
    const cut = await fitToBudget(text, { tokenBudget: 200, countTokens });
    expect(cut.length).toBeLessThanOrEqual(200);
    expect(cut).toMatch(/^line 0\nline 1\n/);
    expect(cut).toContain('More was left out');
    expect(await fitToBudget(text, { tokenBudget: 1000, countTokens })).toBe(text);
    expect(await fitToBudget(text, undefined)).toBe(text);
  });
});
