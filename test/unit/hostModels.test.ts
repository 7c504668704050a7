import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../extension/host/refusal';
import {
  methodText,
  runContext,
  runDescription,
  runIcon,
  runLabel,
} from '../../extension/host/runModel';
import { runStates, type RunState, type StatusFile } from '../../extension/shared/run';
import { agoText, durationText, sizeText } from '../../extension/shared/timeText';
import { makeView, now, t } from './host/runView';

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
    const heartbeat = '2026-03-01T11:55:00Z';
    expect(description('done', { heartbeat })).toBe('loss 0.412 · 5 min ago');
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

describe('a refusal', () => {
  it('names the place in the experiment file', () => {
    const message = '/w/a b.experiment.json, line 12: there is no setting "rnak".';
    expect(refusalOf(JSON.stringify({ error: { code: 'x', message } }), '')).toEqual({
      code: 'x',
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
