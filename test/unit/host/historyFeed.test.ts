import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HistoryFeed, type HistoryNews } from '../../../extension/host/pages/historyFeed';
import { LogTail } from '../../../extension/host/pages/logTail';
import { runPaths } from '../../../extension/runs/runPaths';
import { emptyStatus, writeStatus } from '../../../extension/runs/status';
import type { NewRunEvent } from '../../../extension/shared/run';
import { changed } from '../../../extension/shared/runHistory';
import { sampleRunFolder, stepEvent } from '../runs/sampleRun';

function lines(...events: NewRunEvent[]): string {
  return events.map((event, index) => `${JSON.stringify({ seq: index + 1, ...event })}\n`).join('');
}

class Listener {
  readonly heard: HistoryNews[] = [];
  private waiting: (() => void) | undefined;
  readonly feed: HistoryFeed;

  constructor(folder: string) {
    this.feed = new HistoryFeed(folder, (news) => {
      this.heard.push(news);
      this.waiting?.();
    });
    onTestFinished(() => {
      this.feed.dispose();
    });
  }

  /** Resolves as soon as what was heard is right. */
  async until(isRight: (heard: HistoryNews[]) => boolean): Promise<void> {
    while (!isRight(this.heard)) {
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
  }
}

test('a feed gives everything, then what is new', async () => {
  const folder = sampleRunFolder();
  writeFileSync(runPaths(folder).events, lines(stepEvent(1), stepEvent(2)));
  const listener = new Listener(folder);
  await listener.feed.start();
  const { history, status } = listener.feed.current();
  expect([history.steps.length, status?.state]).toEqual([2, 'queued']);
  appendFileSync(runPaths(folder).events, lines(stepEvent(3)));
  await listener.until((heard) => heard.some(({ change }) => change !== undefined));
  const change = listener.heard.find((news) => news.change !== undefined)?.change;
  expect(change && changed(history, change).steps.length).toBe(3);
  expect(change?.added.steps.length).toBe(1);
});

test('a feed tells of another state, and of a file that was replaced', async () => {
  const folder = sampleRunFolder();
  const { events } = runPaths(folder);
  writeFileSync(events, lines(stepEvent(1), stepEvent(2), stepEvent(3)));
  const listener = new Listener(folder);
  await listener.feed.start();
  let { history } = listener.feed.current();
  writeStatus(folder, { ...emptyStatus(), state: 'done' });
  await listener.until((heard) => heard.some(({ status }) => status?.state === 'done'));
  writeFileSync(events, lines(stepEvent(7)));
  await listener.until((heard) => heard.some(({ change }) => change?.kept.steps === 0));
  for (const { change } of listener.heard) if (change) history = changed(history, change);
  expect([history.steps.length, history.steps.step[0]]).toEqual([1, 7]);
});

test('a folder that goes is no error, and one that comes back is followed', async () => {
  const folder = sampleRunFolder();
  const { events } = runPaths(folder);
  writeFileSync(events, lines(stepEvent(1)));
  const listener = new Listener(folder);
  await listener.feed.start();
  rmSync(dirname(events), { recursive: true });
  await new Promise((later) => setTimeout(later, 150));
  await listener.feed.start();
  expect(listener.feed.current().history.steps.length).toBe(1);
});

test('the tail of a log gives its end, then what is appended', async () => {
  const folder = sampleRunFolder();
  const { log } = runPaths(folder);
  const tail = new LogTail(folder);
  expect(await tail.read()).toBeUndefined();
  writeFileSync(log, 'first\n');
  expect(await tail.read()).toEqual({ text: 'first\n', isCut: false, replaces: true });
  expect(await tail.read()).toBeUndefined();
  appendFileSync(log, 'second\n');
  expect(await tail.read()).toEqual({ text: 'second\n', isCut: false, replaces: false });
  writeFileSync(log, 'new\n');
  expect(await tail.read()).toEqual({ text: 'new\n', isCut: false, replaces: true });
});

test('of a long log only the end is read, from the beginning of a line', async () => {
  const folder = sampleRunFolder();
  const line = `${'x'.repeat(99)}\n`;
  writeFileSync(runPaths(folder).log, line.repeat(5000));
  const change = await new LogTail(folder).read();
  expect(change?.isCut).toBe(true);
  expect(change?.text.length).toBeLessThanOrEqual(64 * 1024);
  expect(change?.text.startsWith('x'.repeat(99))).toBe(true);
});

test('a character that is cut in two is put together', async () => {
  const folder = sampleRunFolder();
  const { log } = runPaths(folder);
  const bytes = Buffer.from('静\n');
  writeFileSync(log, bytes.subarray(0, 1));
  const tail = new LogTail(folder);
  const first = await tail.read();
  appendFileSync(log, bytes.subarray(1));
  const second = await tail.read();
  expect(`${first?.text ?? ''}${second?.text ?? ''}`).toBe('静\n');
});
