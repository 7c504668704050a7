import { describe, expect, it } from 'vitest';
import { NoticeBoard, settleMs, type EndedRuns } from '../../../extension/host/noticeBoard';
import { actionTitle, noticeOf } from '../../../extension/host/noticeText';
import type { RunView } from '../../../extension/host/runModel';
import type { RunState } from '../../../extension/shared/run';
import { makeView, now, t, withStatus } from './runView';

const nowMs = now.getTime();
const failure = { code: 'disk-full', message: 'The disk is full.' };

/** A board, and the runs it looks at. */
class Window {
  private readonly views = new Map<string, RunView>();
  private readonly board: NoticeBoard;

  constructor(states: Record<string, RunState>, earlier: string[] = []) {
    this.board = new NoticeBoard(new Set(earlier.map((id) => makeView({ id }).folder)));
    for (const [id, state] of Object.entries(states)) this.set(id, state);
  }

  set(id: string, state: RunState): void {
    const view = this.views.get(id) ?? makeView({ id });
    const isFailed = state === 'failed';
    this.views.set(id, withStatus(view, { state, ...(isFailed && { failure }) }));
  }

  look(laterMs = 0): EndedRuns[] {
    return this.board.look([...this.views.values()], nowMs + laterMs);
  }

  /** Ids of done and failed runs, as told. */
  told(laterMs = 0): string[] {
    return this.look(laterMs).map(({ done, failed }) => `${ids(done)}/${ids(failed)}`);
  }

  get isWaiting(): boolean {
    return this.board.isWaiting;
  }
}

function ids(views: RunView[]): string {
  return views.map(({ run }) => run.id).join(',');
}

describe('when the end of runs is told', () => {
  it('at once for a run alone, once', () => {
    const window = new Window({ 1: 'running' });
    expect(window.told()).toEqual([]);
    window.set('1', 'done');
    expect(window.told()).toEqual(['1/']);
    expect(window.told()).toEqual([]);
    expect(window.isWaiting).toBe(false);
  });

  it('together for the runs of an experiment, when the last is done', () => {
    const window = new Window({ 1: 'running', 2: 'queued', 3: 'queued' });
    window.look();
    window.set('1', 'done');
    expect(window.told()).toEqual([]);
    window.set('2', 'running');
    expect(window.told(60_000)).toEqual([]);
    window.set('2', 'done');
    window.set('3', 'starting');
    expect(window.told(90_000)).toEqual([]);
    window.set('3', 'done');
    expect(window.told(99_000)).toEqual(['1,2,3/']);
  });

  it('after a while when a queue stands still', () => {
    const window = new Window({ 1: 'running', 2: 'queued' });
    window.look();
    window.set('1', 'done');
    expect(window.told()).toEqual([]);
    expect(window.isWaiting).toBe(true);
    expect(window.told(settleMs - 1)).toEqual([]);
    expect(window.told(settleMs)).toEqual(['1/']);
    expect(window.isWaiting).toBe(false);
  });

  it('at once for a failure; those that follow it wait for the end', () => {
    const window = new Window({ 1: 'running', 2: 'queued', 3: 'queued' });
    window.look();
    window.set('1', 'failed');
    window.set('2', 'running');
    expect(window.told()).toEqual(['/1']);
    window.set('2', 'failed');
    window.set('3', 'running');
    expect(window.told()).toEqual([]);
    window.set('3', 'done');
    expect(window.told()).toEqual(['3/2']);
  });

  it('never for one that was found ended, or that was asked to stop', () => {
    const window = new Window({ 1: 'done', 2: 'failed', 3: 'running' });
    expect(window.told()).toEqual([]);
    window.set('3', 'stopped');
    expect(window.told()).toEqual([]);
  });

  it('at the next start for one that failed while the window was closed, not for one that is done', () => {
    const window = new Window({ 1: 'failed', 2: 'done', 3: 'failed', 4: 'lost' }, ['1', '2', '4']);
    expect(window.told()).toEqual(['/1,4']);
    expect(window.told()).toEqual([]);
  });

  it('for one that goes on after the window was opened again', () => {
    const window = new Window({ 1: 'running' }, ['1']);
    window.look();
    window.set('1', 'done');
    expect(window.told()).toEqual(['1/']);
  });

  it('not for a finished run that is being copied here', () => {
    const window = new Window({ 1: 'queued' });
    window.look();
    window.set('1', 'done');
    expect(window.told(600_000)).toEqual([]);
  });
});

describe('the notice', () => {
  const done = (id: string) => makeView({ id, status: { state: 'done' } });
  const failed = (id: string) => makeView({ id, status: { state: 'failed', failure } });

  it('of one run tells its loss and opens it', () => {
    expect(noticeOf({ done: [done('1')], failed: [] }, t)).toEqual({
      isError: false,
      text: 'boolq · DoRA r32 is done: loss 0.412.',
      actions: ['openRun', 'openSlopes'],
      folders: ['/w/runs/1'],
    });
  });

  it('of several tells how many of which experiment', () => {
    const notice = noticeOf({ done: [done('1'), done('2'), done('3')], failed: [] }, t);
    expect(notice?.text).toBe('3 runs of boolq are done.');
    expect(notice?.actions).toEqual(['openSlopes', 'compare']);
  });

  it('of a failure says why and what to do', () => {
    const notice = noticeOf({ done: [], failed: [failed('1')] }, t);
    expect(notice).toMatchObject({
      isError: true,
      text: 'boolq · DoRA r32 failed: The disk is full.',
      actions: ['showLog', 'openRun', 'resume'],
    });
    const lost = makeView({ id: '1', status: { state: 'lost', step: 17 } });
    expect(noticeOf({ done: [], failed: [lost] }, t)?.text).toBe(
      'boolq · DoRA r32 ended unexpectedly at step 17; its checkpoints are kept.',
    );
  });

  it('of failures among others tells both', () => {
    const notice = noticeOf({ done: [done('1')], failed: [failed('2'), failed('3')] }, t);
    expect(notice?.text).toBe(
      '2 runs of boolq failed. The first, DoRA r32: The disk is full. 1 other run is done.',
    );
    expect(noticeOf({ done: [], failed: [] }, t)).toBeUndefined();
  });

  it('has a title for each action', () => {
    const titles = (
      ['openRun', 'openSlopes', 'compare', 'showLog', 'resume', 'runs.focus'] as const
    ).map((action) => actionTitle(action, t));
    expect(titles).toEqual([
      'Open Run',
      'Open Slopes',
      'Compare',
      'Show Log',
      'Resume',
      'Show Runs',
    ]);
  });
});
