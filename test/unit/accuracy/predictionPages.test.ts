// Which predictions a query finds, and the pages they come in.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { PredictionPages, type FileQuery } from '../../../extension/host/accuracy/predictionPages';
import { pairResults } from '../../../extension/runs/pairedResults';
import { ResultsReader } from '../../../extension/runs/results';
import { prediction, writeResults } from './sampleResults';

const folder = mkdtempSync(join(tmpdir(), 'adapter-lab-predictions-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const file = writeResults(join(folder, 'first'), 'quiz', [
  prediction(0, 'a', 'a'),
  prediction(1, 'b', 'a'),
  prediction(2, '', 'c', { text: 'Perhaps KIWI' }),
  prediction(3, 'd', 'd'),
]);
const otherFile = writeResults(join(folder, 'second'), 'quiz', [
  prediction(3, 'e', 'd', { prompt: undefined }),
  prediction(1, 'a', 'a'),
  prediction(0, 'a', 'a'),
  prediction(4, 'a', 'a'),
]);

function query(changes: Partial<FileQuery> = {}): FileQuery {
  return { file, otherFile: undefined, filter: 'all', text: '', ...changes };
}

const pages = new PredictionPages(new ResultsReader());

async function found(changes: Partial<FileQuery>): Promise<number[]> {
  const { lines } = await pages.read(query(changes), 0, 100);
  return lines.map(({ index }) => index);
}

describe('filters', () => {
  test('of one file', async () => {
    expect(await found({})).toEqual([0, 1, 2, 3]);
    expect(await found({ filter: 'wrong' })).toEqual([1, 2]);
    expect(await found({ filter: 'right' })).toEqual([0, 3]);
    expect(await found({ filter: 'unanswered' })).toEqual([2]);
    expect(await found({ filter: 'differ' })).toEqual([]);
  });

  test('of two files are over the questions that both were asked', async () => {
    expect(await found({ otherFile })).toEqual([0, 1, 3]);
    expect(await found({ otherFile, filter: 'differ' })).toEqual([1, 3]);
    expect(await found({ otherFile, filter: 'onlyFirst' })).toEqual([3]);
    expect(await found({ otherFile, filter: 'onlySecond' })).toEqual([1]);
    const { counts } = await pages.read(query({ otherFile }), 0, 1);
    expect(counts).toEqual({
      ...{ all: 3, wrong: 1, right: 2, unanswered: 0, differ: 2, onlyFirst: 1, onlySecond: 1 },
    });
  });
});

test('a search looks into question, output and answers, in any case', async () => {
  expect(await found({ text: 'kiwi' })).toEqual([2]);
  expect(await found({ text: 'QUESTION 3' })).toEqual([3]);
  expect(await found({ text: 'kiwi', filter: 'right' })).toEqual([]);
  expect(await found({ text: 'answer is e', otherFile })).toEqual([3]);
});

test('pages hold what was asked for and say how much there is', async () => {
  const { matches, from, lines } = await pages.read(query(), 1, 2);
  expect({ matches, from }).toEqual({ matches: 4, from: 1 });
  expect(lines.map(({ index }) => index)).toEqual([1, 2]);
  expect(lines[0]).toEqual({
    index: 1,
    prompt: prediction(1, '', '').prompt,
    answer: 'a',
    first: { text: 'the correct answer is b', extracted: 'b', correct: false },
    second: null,
  });
  expect((await pages.read(query(), 4, 10)).lines).toEqual([]);
});

test('lines of two files stand side by side, the prompt from the one that has it', async () => {
  const { lines } = await pages.read(query({ otherFile, filter: 'onlyFirst' }), 0, 10);
  expect(lines[0]).toMatchObject({
    index: 3,
    prompt: prediction(3, '', '').prompt,
    first: { extracted: 'd', correct: true },
    second: { extracted: 'e', correct: false },
  });
  const { lines: turned } = await pages.read(query({ file: otherFile, otherFile: file }), 0, 10);
  expect(turned.find(({ index }) => index === 3)?.prompt).toBe(prediction(3, '', '').prompt);
});

test('pairs are counted by question', async () => {
  expect(
    (await pairResults(new ResultsReader(), 'quiz', { first: file, second: otherFile })).counts,
  ).toEqual({
    ...{ n: 3, bothRight: 1, onlyFirst: 1, onlySecond: 1 },
  });
});
