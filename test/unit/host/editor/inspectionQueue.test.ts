import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { InspectionQueue } from '../../../../extension/host/editor/inspectionQueue';

interface Asked {
  name: string;
  text: string;
  signal: AbortSignal;
  finish: (result: string) => void;
  fail: (error: Error) => void;
}

let asked: Asked[];
let results: string[];
let errors: unknown[];
let queue: InspectionQueue<string>;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  results = [];
  errors = [];
  queue = new InspectionQueue<string>({
    pauseMs: 300,
    inspect: (name, text, signal) =>
      new Promise((finish, fail) => {
        asked.push({ name, text, signal, finish, fail });
        signal.addEventListener('abort', () => {
          fail(new Error('killed'));
        });
      }),
    onResult: (name, text, result) => results.push(`${name} ${text} ${result}`),
    onError: (error) => errors.push(error),
  });
});
afterEach(() => {
  queue.dispose();
  vi.useRealTimers();
});

describe('the queue of inspections', () => {
  test('waits for a pause in typing and takes the last text', async () => {
    for (const text of ['a', 'ab', 'abc']) {
      queue.ask('file', text);
      await vi.advanceTimersByTimeAsync(200);
    }
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(asked.map(({ text }) => text)).toEqual(['abc']);
    asked[0]?.finish('fine');
    await vi.advanceTimersByTimeAsync(0);
    expect(results).toEqual(['file abc fine']);
  });

  test('stops an inspection that typing has overtaken, without a word', async () => {
    queue.ask('file', 'old', 0);
    await vi.advanceTimersByTimeAsync(0);
    queue.ask('file', 'new');
    expect(asked[0]?.signal.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(300);
    asked[1]?.finish('fine');
    await vi.advanceTimersByTimeAsync(0);
    expect(results).toEqual(['file new fine']);
    expect(errors).toEqual([]);
  });

  test('runs one at a time, whatever the number of files', async () => {
    queue.ask('one', 'x', 0);
    queue.ask('two', 'y', 0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked.map(({ name }) => name)).toEqual(['one']);
    asked[0]?.finish('fine');
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.map(({ name }) => name)).toEqual(['one', 'two']);
  });

  test('tells a failure, and goes on', async () => {
    queue.ask('file', 'x', 0);
    await vi.advanceTimersByTimeAsync(0);
    asked[0]?.fail(new Error('no such program'));
    await vi.advanceTimersByTimeAsync(0);
    expect(errors).toHaveLength(1);
    queue.ask('file', 'y', 0);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(2);
  });

  test('forgets a file that is closed', async () => {
    queue.ask('file', 'x', 0);
    queue.forget('file');
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual([]);
  });
});
