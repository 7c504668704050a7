import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { clearControl, readControl, requestControl } from '../../../extension/runs/control';
import { runPaths } from '../../../extension/runs/runPaths';
import { emptyStatus, readStatus, writeStatus } from '../../../extension/runs/status';
import { changeTags, readTags } from '../../../extension/runs/tags';
import type { StatusFile } from '../../../extension/shared/run';
import { sampleRunFolder } from './sampleRun';

const now = Date.parse('2026-11-24T03:00:00Z');
/** No process has it: above the largest id of Linux. */
const deadPid = 4_194_305;

function stateOf(change: Partial<StatusFile>): string | undefined {
  const folder = sampleRunFolder();
  const own = { state: 'running', pid: process.pid, host: hostname() } as const;
  writeStatus(folder, { ...emptyStatus(new Date(now - 31_000)), ...own, ...change });
  return readStatus(folder, now)?.state;
}

test('a run whose process is there is running, however old its heartbeat', () => {
  expect(stateOf({})).toBe('running');
});

test('a run with an old heartbeat and no process is lost', () => {
  expect(stateOf({ pid: deadPid })).toBe('lost');
  expect(stateOf({ pid: null, state: 'starting' })).toBe('lost');
  expect(stateOf({ host: 'another-host', state: 'stopping' })).toBe('lost');
});

test('a fresh heartbeat is believed', () => {
  const heartbeat = new Date(now - 10_000).toISOString();
  expect(stateOf({ pid: deadPid, heartbeat })).toBe('running');
  expect(stateOf({ host: 'another-host', heartbeat })).toBe('running');
});

test('a run that is over is never lost', () => {
  for (const state of ['queued', 'done', 'failed', 'stopped'] as const) {
    expect(stateOf({ state, pid: deadPid })).toBe(state);
  }
});

test('a process that took over the id of a dead trainer does not keep the run alive', () => {
  const folder = sampleRunFolder();
  const own = { pid: process.pid, host: hostname() };
  writeStatus(folder, { ...emptyStatus(new Date(now - 31_000)), ...own, state: 'running' });
  const lock = { format: 1, ...own, started: 'another boot/1', nonce: 'a' };
  writeFileSync(runPaths(folder).lock, JSON.stringify(lock));
  expect(readStatus(folder, now)?.state).toBe('lost');
});

test('a missing, half copied or foreign status reads as undefined', () => {
  const folder = sampleRunFolder();
  for (const text of ['', '{"format": 1, "state": "ru', '{"format": 2}', 'null']) {
    writeFileSync(runPaths(folder).status, text);
    expect(readStatus(folder)).toBeUndefined();
  }
  expect(readStatus('/nowhere')).toBeUndefined();
});

test('requests are read, the stronger first, and cleared', () => {
  const folder = sampleRunFolder();
  expect(readControl(folder)).toBeUndefined();
  requestControl(folder, 'stop');
  expect(readControl(folder)).toBe('stop');
  requestControl(folder, 'cancel');
  expect(readControl(folder)).toBe('cancel');
  clearControl(folder, Date.now() - 10_000);
  expect(readControl(folder)).toBe('cancel');
  clearControl(folder);
  expect(readControl(folder)).toBeUndefined();
});

test('tags change one by one', () => {
  const folder = sampleRunFolder();
  expect(readTags(folder)).toEqual({ format: 1, star: false, tags: [], notes: '' });
  changeTags(folder, () => ({ star: true }));
  changeTags(folder, ({ tags }) => ({ name: 'best', tags: [...tags, 'kept'] }));
  expect(readTags(folder)).toEqual({
    format: 1,
    name: 'best',
    star: true,
    tags: ['kept'],
    notes: '',
  });
});
