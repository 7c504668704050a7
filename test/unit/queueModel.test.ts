import { describe, expect, it } from 'vitest';
import {
  droppedFolders,
  emptyQueue,
  ordinalText,
  queueLine,
  queueMessage,
  queueNodes,
  queueSummary,
  type QueueContent,
} from '../../extension/host/queue/queueModel';
import type { RunView } from '../../extension/host/runModel';
import { emptyStatus } from '../../extension/runs/status';
import { noTags } from '../../extension/runs/tags';
import { experimentSettings } from '../../extension/shared/experiment';
import type { StatusFile } from '../../extension/shared/run';

const now = new Date('2026-03-01T12:00:00Z');
const t = (message: string, ...values: (string | number)[]): string =>
  message.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)]));

function makeView(id: string, status: Partial<StatusFile>): RunView {
  const settings = experimentSettings.parse({
    name: 'boolq',
    model: 'model',
    data: { train: ['train.json'] },
    method: 'dora',
  });
  return {
    folder: `/w/runs/${id}`,
    run: {
      format: 1,
      id,
      experiment: 'boolq',
      experimentFile: '/w/boolq.experiment.json',
      created: now.toISOString(),
      settings,
      varied: {},
      versions: {},
      gitCommit: null,
      model: [],
      data: [],
    },
    status: { ...emptyStatus(now), ...status },
    tags: noTags(),
  };
}

const running = makeView('r', {
  state: 'running',
  step: 40,
  steps: 100,
  loss: 0.41234,
  secondsLeft: 720,
});
const content: QueueContent = {
  ...emptyQueue,
  running: [running],
  waiting: [makeView('a', {}), makeView('b', { step: 12 }), makeView('c', {})],
};

function lines() {
  return queueNodes(content).map((node) => queueLine(node, now, t));
}

describe('a line of the queue', () => {
  it('of one that runs shows how far it is', () => {
    expect(lines()[0]).toMatchObject({
      label: 'DoRA r32',
      description: '40 % · loss 0.412 · 12 min left · boolq',
      spoken: 'DoRA r32, 40 % · loss 0.412 · 12 min left · boolq',
      icon: 'loading~spin',
      tooltip: '/w/runs/r',
    });
  });

  it('of one that waits begins with its place', () => {
    expect(lines().map(({ label }) => label)).toEqual([
      'DoRA r32',
      '1st · DoRA r32',
      '2nd · DoRA r32',
      '3rd · DoRA r32',
    ]);
    expect(lines()[1]?.description).toBe('waits · boolq');
    expect(lines()[2]?.description).toBe('goes on after step 12 · boolq');
  });

  it('offers only the moves that there are', () => {
    const words = lines().map(({ context }) => context.split(' '));
    const has = (word: string) => words.map((of) => of.includes(word));
    expect(has('waiting')).toEqual([false, true, true, true]);
    expect(has('canMoveUp')).toEqual([false, false, true, true]);
    expect(has('canMoveDown')).toEqual([false, true, true, false]);
    expect(has('canStop')).toEqual([true, true, true, true]);
  });

  it('of one just taken says that it starts', () => {
    const [node] = queueNodes({ ...emptyQueue, running: [makeView('a', {})] });
    const line = node && queueLine(node, now, t);
    expect(line?.context).toBe('run starting canStop');
    expect(line?.description).toBe('starts · boolq');
  });
});

describe('the view', () => {
  it('says that it is paused, and what that means', () => {
    expect(queueMessage(content, t)).toBeUndefined();
    expect(queueMessage({ ...content, paused: true }, t)).toContain('what runs goes on');
    expect(queueMessage({ ...content, paused: true, running: [] }, t)).toContain('nothing starts');
    // The welcome of an empty view says it.
    expect(queueMessage({ ...emptyQueue, paused: true }, t)).toBeUndefined();
  });

  it('counts those that wait', () => {
    expect(queueSummary(content, t)).toBe('3 wait');
    expect(queueSummary({ ...content, paused: true, waiting: [running] }, t)).toBe(
      'paused · 1 waits',
    );
    expect(queueSummary(emptyQueue, t)).toBe('');
  });

  it('numbers places as people do', () => {
    const places = [1, 2, 3, 4, 10, 11, 12, 13, 21, 22, 23, 101, 111, 112];
    expect(places.map((place) => ordinalText(place, t)).join(' ')).toBe(
      '1st 2nd 3rd 4th 10th 11th 12th 13th 21st 22nd 23rd 101st 111th 112th',
    );
  });
});

describe('what is dropped', () => {
  it('is read as folders or as nodes of a tree', () => {
    expect(droppedFolders('["/w/a","/w/b"]')).toEqual(['/w/a', '/w/b']);
    expect(droppedFolders('{"view":{"folder":"/w/a"}}')).toEqual(['/w/a']);
    expect(droppedFolders('[{"folder":"/w/a"},{"id":"group"},3]')).toEqual(['/w/a']);
    expect(droppedFolders('')).toEqual([]);
  });
});
