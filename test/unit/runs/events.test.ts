import {
  appendFileSync,
  existsSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { EventTail, readEvents } from '../../../extension/runs/eventReader';
import { EventWriter } from '../../../extension/runs/eventWriter';
import { runPaths } from '../../../extension/runs/runPaths';
import type { NewRunEvent, RunEvent } from '../../../extension/shared/run';
import { compile, firstLine, killHard, sleep, startChild } from './childProcess';
import { sampleRunFolder, stepEvent } from './sampleRun';

const warning: NewRunEvent = {
  type: 'warning',
  code: 'still',
  message: 'ΔM bleibt 0 – 静止 🙂',
  step: 2,
};

function write(folder: string, ...events: NewRunEvent[]): void {
  const writer = EventWriter.open(folder);
  for (const event of events) writer.append(event);
  writer.close();
}

test('events are numbered across writers', async () => {
  const folder = sampleRunFolder();
  write(folder, stepEvent(1), warning);
  write(folder, stepEvent(2));
  const events = await readEvents(folder);
  expect(events.map(({ seq, type }) => [seq, type])).toEqual([
    [1, 'step'],
    [2, 'warning'],
    [3, 'step'],
  ]);
  expect(events[1]).toEqual({ seq: 2, ...warning });
});

test('a run without events reads as none', async () => {
  expect(await readEvents(sampleRunFolder())).toEqual([]);
});

test('a last line torn at any byte is skipped by readers and cut off by the next writer', async () => {
  const folder = sampleRunFolder();
  write(folder, stepEvent(1), stepEvent(2), warning);
  const { events: file } = runPaths(folder);
  const whole = readFileSync(file);
  const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1;
  for (let size = lastLine; size < whole.length; size += 1) {
    writeFileSync(file, whole);
    truncateSync(file, size);
    const tail = new EventTail(folder);
    expect((await tail.read()).events.map(({ seq }) => seq)).toEqual([1, 2]);
    write(folder, stepEvent(3));
    const { events, restarted } = await tail.read();
    expect(restarted).toBe(false);
    expect(events).toEqual([{ seq: 3, ...stepEvent(3) }]);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(4);
  }
});

test('a whole line of garbage does not disturb the numbers', async () => {
  const folder = sampleRunFolder();
  write(folder, stepEvent(1));
  appendFileSync(runPaths(folder).events, '\0\0\0\0\n{"seq":"x"}\nnull\n');
  write(folder, stepEvent(2));
  expect((await readEvents(folder)).map(({ seq }) => seq)).toEqual([1, 2]);
});

test.skipIf(!existsSync('/dev/full'))('a full disk is told by file and room needed', () => {
  const folder = sampleRunFolder();
  symlinkSync('/dev/full', runPaths(folder).events);
  const writer = EventWriter.open(folder);
  expect(() => writer.append(stepEvent(1))).toThrow(`The disk is full: ${runPaths(folder).events}`);
  writer.close();
});

test('a line longer than a block is found from its end', async () => {
  const folder = sampleRunFolder();
  write(folder, stepEvent(1), { ...warning, message: 'ä'.repeat(2_000_000) });
  write(folder, stepEvent(2));
  expect((await readEvents(folder)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test('a tail follows byte by byte, through characters of several bytes', async () => {
  const folder = sampleRunFolder();
  write(folder, stepEvent(1), warning, stepEvent(2));
  const { events: file } = runPaths(folder);
  const whole = readFileSync(file);
  writeFileSync(file, '');
  const tail = new EventTail(folder);
  const seen = [];
  for (const byte of whole) {
    appendFileSync(file, Buffer.of(byte));
    seen.push(...(await tail.read()).events);
  }
  expect(seen).toEqual(await readEvents(folder));
  expect(seen).toHaveLength(3);
});

test('a writer as fast as the reader is not chased', async () => {
  const folder = sampleRunFolder();
  write(folder, stepEvent(1));
  const tail = new EventTail(folder);
  const seen: number[] = [];
  const sink = {
    restart: () => undefined,
    take: (events: RunEvent[]) => {
      for (const { seq } of events) seen.push(seq);
      if (seen.length < 20) write(folder, stepEvent(seen.length + 1));
    },
  };
  await tail.readInto(sink);
  expect(seen).toEqual([1]);
  await tail.readInto(sink);
  expect(seen).toEqual([1, 2]);
});

test('what a resumed run made void is given once by the tail and left out by readEvents', async () => {
  const folder = sampleRunFolder();
  write(folder, stepEvent(1), stepEvent(2), stepEvent(3));
  const tail = new EventTail(folder);
  await tail.read();
  write(folder, { type: 'resumed', step: 1 }, stepEvent(2));
  expect((await tail.read()).events.map(({ type }) => type)).toEqual(['resumed', 'step']);
  const steps = (await readEvents(folder)).filter(({ type }) => type === 'step');
  expect(steps.map(({ seq, step }) => [seq, step])).toEqual([
    [1, 1],
    [5, 2],
  ]);
});

test('a file that was replaced by a shorter one is read anew', async () => {
  const folder = sampleRunFolder();
  write(folder, stepEvent(1), stepEvent(2));
  const tail = new EventTail(folder);
  await tail.read();
  writeFileSync(runPaths(folder).events, '');
  write(folder, stepEvent(7));
  const { events, restarted } = await tail.read();
  expect(restarted).toBe(true);
  expect(events.map(({ step }) => step)).toEqual([7]);
});

test('kill -9 of a writer at any moment loses no number and no line', async () => {
  const folder = sampleRunFolder();
  const child = compile(`
    import { EventWriter } from './eventWriter';
    const writer = EventWriter.open(process.argv[2] ?? '');
    for (let step = 1; ; step += 1) {
      writer.append({ type: 'warning', code: 'filler', message: 'ü'.repeat(step % 50_000), step });
      if (step === 1) console.log('writing');
    }`);
  for (let round = 0; round < 10; round += 1) {
    const writer = startChild(child, [folder]);
    await firstLine(writer);
    await sleep(Math.random() * 30);
    await killHard(writer);
  }
  const events = await readEvents(folder);
  expect(events.length).toBeGreaterThan(10);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
});

test('200,000 steps are read in a few seconds and followed without reading them again', async () => {
  const folder = sampleRunFolder();
  const lines = Array.from({ length: 200_000 }, (_, index) =>
    JSON.stringify({ seq: index + 1, ...stepEvent(index + 1) }),
  );
  writeFileSync(runPaths(folder).events, `${lines.join('\n')}\n`);
  const tail = new EventTail(folder);
  const start = performance.now();
  expect((await tail.read()).events).toHaveLength(200_000);
  expect(performance.now() - start).toBeLessThan(15_000);
  write(folder, stepEvent(200_001));
  const next = performance.now();
  expect((await tail.read()).events.map(({ seq }) => seq)).toEqual([200_001]);
  expect(performance.now() - next).toBeLessThan(1000);
});
