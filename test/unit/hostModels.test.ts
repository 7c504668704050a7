import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../extension/host/refusal';
import { checkpointDescription, joinDetails } from '../../extension/host/runDetails';
import {
  methodText,
  runContext,
  runDescription,
  runIcon,
  runLabel,
  type RunView,
} from '../../extension/host/runModel';
import { runTooltip } from '../../extension/host/runTooltip';
import { endNotice, statusText } from '../../extension/host/statusModel';
import { agoText, durationText, sizeText } from '../../extension/host/timeText';
import { checkpointNodes, groupRuns, RunTree } from '../../extension/host/treeModel';
import { experimentSettings } from '../../extension/shared/experiment';
import { runStates, type RunState, type StatusFile } from '../../extension/shared/run';

const now = new Date('2026-03-01T12:00:00Z');
const t = (message: string, ...values: (string | number)[]): string =>
  message.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)]));

interface Made {
  id: string;
  experiment?: string;
  varied?: Record<string, unknown>;
  method?: 'full' | 'lora' | 'dora';
  status?: Partial<StatusFile>;
}

function makeView({
  id,
  experiment = 'boolq',
  varied = {},
  method = 'dora',
  status,
}: Made): RunView {
  const settings = experimentSettings.parse({
    name: experiment,
    model: 'models/tiny',
    data: { train: ['train.json'] },
    method,
  });
  return {
    folder: `/w/runs/${id}`,
    run: {
      format: 1,
      id,
      experiment,
      experimentFile: `/w/${experiment}.experiment.json`,
      created: `2026-03-01T11:0${id}:00Z`,
      settings,
      varied,
      versions: {},
      gitCommit: null,
      model: [],
      data: [],
    },
    status: {
      format: 1,
      state: 'running',
      step: 40,
      steps: 200,
      loss: 0.41234,
      tokensPerSecond: 812.4,
      secondsLeft: 720,
      pid: 1,
      host: 'here',
      heartbeat: '2026-03-01T11:55:00Z',
      ...status,
    },
    tags: { format: 1, star: false, tags: [], notes: '' },
  };
}

function description(state: RunState, status: Partial<StatusFile> = {}): string {
  return runDescription(makeView({ id: '1', status: { state, ...status } }), now, t);
}

describe('the line of a run', () => {
  it('names method and rank, and what else the grid varied', () => {
    const varied = { method: 'dora', 'adapter.rank': 32, 'training.seed': 3 };
    expect(runLabel(makeView({ id: '1', varied }).run)).toBe('DoRA r32 · seed 3');
    expect(methodText(makeView({ id: '1', method: 'full' }).run.settings)).toBe('FT');
  });

  it('tells loss and time left while it runs', () => {
    expect(description('running')).toBe('loss 0.412 · 12 min left');
    expect(description('running', { loss: null, secondsLeft: null, activity: 'loading' })).toBe(
      'loading',
    );
  });

  it('tells how it ended', () => {
    expect(description('done')).toBe('loss 0.412 · 5 min ago');
    expect(description('stopped')).toBe('loss 0.412 · stopped at step 40');
    expect(description('failed')).toBe('failed at step 40');
    expect(description('lost')).toBe('ended unexpectedly at step 40');
  });

  it('has an icon and a context for every state', () => {
    for (const state of runStates) expect(runIcon(state).icon).not.toBe('');
    expect(runContext('running')).toBe('run running canStop');
    expect(runContext('stopped')).toBe('run stopped canResume');
    expect(runContext('done')).toBe('run done');
  });
});

describe('the tooltip of a run', () => {
  const failure = { code: 'loss-not-finite', message: 'The loss became NaN at step 4.' };
  const view = makeView({ id: '1', status: { state: 'failed', failure } });
  const details = {
    checkpoints: [],
    accuracies: [{ task: 'a|b', accuracy: 0.8125, n: 64 }],
    warnings: [],
  };
  const text = runTooltip(view, details, { now, t });

  it('says why it failed', () => {
    expect(text).toContain('The loss became NaN at step 4.');
  });

  it('shows settings, figures and accuracies, with nothing taken for markup', () => {
    expect(text).toContain('| Rank, alpha | 32, 64 |');
    expect(text).toContain('| Step | 40 / 200 |');
    expect(text).toContain('| a\\|b | 81.3 % of 64 |');
  });
});

describe('checkpoints of a run', () => {
  const fit = { module: 'all', slope: -0.312, correlation: -0.5, points: 8, interval: null };
  const details = joinDetails(
    [{ step: 20, folder: '/w/runs/1/checkpoints/step-000020', sizeBytes: 4_200_000 }],
    [
      {
        seq: 1,
        type: 'step',
        step: 20,
        loss: 0.5,
        gradNorm: 1,
        learningRate: 1,
        tokens: 1,
        seconds: 1,
      },
      { seq: 2, type: 'slope', step: 20, modules: [], fits: [fit] },
      {
        seq: 3,
        type: 'accuracy',
        step: 10,
        task: 'boolq',
        n: 10,
        correct: 1,
        accuracy: 0.1,
        seconds: 1,
      },
      {
        seq: 4,
        type: 'accuracy',
        step: 20,
        task: 'boolq',
        n: 10,
        correct: 9,
        accuracy: 0.9,
        seconds: 1,
      },
      { seq: 5, type: 'warning', code: 'some', message: 'Look here.' },
    ],
  );

  it('have the loss and the slope of their step', () => {
    const [checkpoint] = details.checkpoints;
    if (checkpoint === undefined) throw new Error('no checkpoint');
    expect(checkpointDescription(checkpoint, t)).toBe('loss 0.500 · slope −0.31');
  });

  it('stand the latest first', () => {
    const run = makeView({ id: '1' });
    const [first] = details.checkpoints;
    if (first === undefined) throw new Error('no checkpoint');
    const later = { ...first, step: 40, folder: 'later' };
    expect(checkpointNodes(run, [first, later]).map(({ checkpoint }) => checkpoint.step)).toEqual([
      40, 20,
    ]);
  });

  it('come with the last accuracy of a task and the warnings', () => {
    expect(details.accuracies).toEqual([{ task: 'boolq', accuracy: 0.9, n: 10 }]);
    expect(details.warnings).toEqual(['Look here.']);
  });
});

describe('the tree', () => {
  const [a, b, c] = [
    makeView({ id: '1' }),
    makeView({ id: '2', experiment: 'other' }),
    makeView({ id: '3' }),
  ];

  it('groups by experiment, the newest first', () => {
    const groups = groupRuns([a, b, c]);
    expect(groups.map(({ name }) => name)).toEqual(['boolq', 'other']);
    expect(groups[0]?.runs.map(({ view }) => view.run.id)).toEqual(['3', '1']);
  });

  it('redraws only the runs that changed, and keeps their nodes', () => {
    const tree = new RunTree();
    expect(tree.update([a, b, c])).toBeUndefined();
    const node = tree.find(a.folder);
    const changed = { ...a, status: { ...a.status, step: 41 } };
    expect(tree.update([changed, b, c])).toEqual([node]);
    expect(tree.find(a.folder)).toBe(node);
    expect(node?.view.status.step).toBe(41);
  });

  it('redraws all when a run comes, goes or ends', () => {
    const tree = new RunTree();
    tree.update([a, b]);
    expect(tree.update([a, b, c])).toBeUndefined();
    expect(tree.update([a, b])).toBeUndefined();
    const ended = { ...a, status: { ...a.status, state: 'done' as const } };
    expect(tree.update([ended, b])).toBeUndefined();
    expect(tree.update([ended, b])).toEqual([]);
  });
});

describe('the status bar', () => {
  it('shows one run with its loss, several with their count, none with nothing', () => {
    const [a, b] = [makeView({ id: '1' }), makeView({ id: '2', status: { secondsLeft: 3600 } })];
    expect(statusText([a], t)).toBe('DoRA r32 · loss 0.412 · 12 min left');
    expect(statusText([a, b], t)).toBe('2 runs · 1 h left');
    expect(statusText([makeView({ id: '1', status: { state: 'done' } })], t)).toBeUndefined();
  });
});

describe('the notice at the end', () => {
  const done = makeView({ id: '1', status: { state: 'done' } });

  it('is given for a run that was seen running', () => {
    expect(endNotice('running', done, t)?.text).toBe('boolq · DoRA r32 is done: loss 0.412.');
    const failure = { code: 'x', message: 'The disk is full.' };
    const failed = makeView({ id: '1', status: { state: 'failed', failure } });
    expect(endNotice('starting', failed, t)).toMatchObject({
      isError: true,
      text: 'boolq · DoRA r32 failed: The disk is full.',
    });
  });

  it('is not given for one found ended, nor for one that was asked to stop', () => {
    expect(endNotice(undefined, done, t)).toBeUndefined();
    expect(endNotice('done', done, t)).toBeUndefined();
    const stopped = makeView({ id: '1', status: { state: 'stopped' } });
    expect(endNotice('running', stopped, t)).toBeUndefined();
  });
});

describe('a refusal', () => {
  it('names the place in the experiment file', () => {
    const message = '/w/a b.experiment.json, line 12: there is no setting "rnak".';
    expect(refusalOf(JSON.stringify({ error: { code: 'x', message } }), '')).toEqual({
      message,
      file: '/w/a b.experiment.json',
      line: 12,
    });
  });

  it('is the last line of stderr when there is no object', () => {
    expect(refusalOf('', 'noise\nadapter-lab: It broke.\n')).toEqual({ message: 'It broke.' });
  });
});

describe('durations and sizes', () => {
  it('read as people say them', () => {
    expect([40, 720, 3600, 11_100, 190_000].map((seconds) => durationText(seconds, t))).toEqual([
      '40 s',
      '12 min',
      '1 h',
      '3 h 5 min',
      '2 d 4 h',
    ]);
    expect(agoText(new Date('2026-03-01T11:59:30Z'), now, t)).toBe('just now');
    expect([900, 61_463, 1_250_000, 2.5e9].map(sizeText)).toEqual([
      '900 B',
      '61 kB',
      '1.3 MB',
      '2.5 GB',
    ]);
  });
});
