import { describe, expect, it } from 'vitest';
import { workStatus } from '../../../extension/host/statusModel';
import { makeView, t } from './runView';

describe('the status bar', () => {
  const one = makeView({ id: '1' });
  const other = makeView({ id: '2', status: { secondsLeft: 3600 } });
  const queued = makeView({ id: '3', status: { state: 'queued' } });
  const done = makeView({ id: '4', status: { state: 'done' } });

  it('shows one run with its loss, several with their count, and how many wait', () => {
    expect(workStatus([one, done], t)?.text).toBe('DoRA r32 · loss 0.412 · 12 min left');
    expect(workStatus([one, other, queued], t)?.text).toBe('2 runs · 1 h left · 1 queued');
  });

  it('is hidden when nothing runs', () => {
    expect(workStatus([done, queued], t)).toBeUndefined();
    expect(workStatus([], t)).toBeUndefined();
  });

  it('opens the run that is alone', () => {
    expect(workStatus([one, queued], t)?.folder).toBe('/w/runs/1');
    expect(workStatus([one, other], t)?.folder).toBeUndefined();
  });

  it('says what a run does before its first step', () => {
    const status = { loss: null, secondsLeft: null };
    const loading = makeView({ id: '1', status: { ...status, activity: 'loading the model' } });
    expect(workStatus([loading], t)?.text).toBe('DoRA r32 · loading the model');
    const starting = makeView({ id: '1', status: { ...status, state: 'starting' } });
    expect(workStatus([starting], t)?.text).toBe('DoRA r32 · starting');
  });

  it('tells each run and its progress on hover', () => {
    const tooltip = workStatus([one, other, queued], t)?.tooltip ?? '';
    expect(tooltip).toContain('**boolq** · DoRA r32');
    expect(tooltip).toContain('`██░░░░░░░░` 20 % · step 40 of 200');
    expect(tooltip).toContain('loss 0.412 · 1 h left');
    expect(tooltip).toContain('1 queued');
  });

  it('shows names as they are', () => {
    const named = makeView({ id: '1', experiment: 'a*b' });
    expect(workStatus([named], t)?.tooltip).toContain('a\\*b');
  });

  it('does not list hundreds', () => {
    const many = Array.from({ length: 11 }, (_, index) => makeView({ id: String(index) }));
    expect(workStatus(many, t)?.tooltip).toContain('3 more');
  });
});
