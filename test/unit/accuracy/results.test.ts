// Folders of results, counted as they grow.
import { appendFileSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AnswerIndex } from '../../../extension/runs/answerIndex';
import { keepAskedTask } from '../../../extension/runs/askedTask';
import { lockEvaluation } from '../../../extension/runs/evaluationLock';
import { ResultsReader } from '../../../extension/runs/results';
import { parseTaskFile } from '../../../extension/shared/taskText';
import { temporaryFolder } from '../runs/sampleRun';
import { appendResults, prediction, writeResults } from './sampleResults';

describe('the answers of a file', () => {
  test('are followed line by line; an unfinished or foreign line is passed over', async () => {
    const file = writeResults(temporaryFolder(), 'quiz', [prediction(0, 'a', 'a')]);
    const index = new AnswerIndex(file);
    await index.update();
    expect(index.entries.map(({ correct }) => correct)).toEqual([true]);
    const line = JSON.stringify(prediction(1, 'b', 'ä'));
    appendFileSync(file, `{"step":1}\nnot json\n${line.slice(0, 40)}`);
    await index.update();
    expect(index.entries).toHaveLength(1);
    appendFileSync(file, `${line.slice(40)}\n`);
    await index.update();
    expect(index.entries.map(({ correct }) => correct)).toEqual([true, false]);
  });

  test('are the last ones of each question, and of the model that answered last', async () => {
    const file = writeResults(temporaryFolder(), 'quiz', [
      prediction(2, '', 'a'),
      prediction(1, 'b', 'b'),
      prediction(2, 'a', 'a'),
    ]);
    const index = new AnswerIndex(file);
    await index.update();
    expect(index.entries.map((one) => [one.index, one.correct])).toEqual([
      [1, true],
      [2, true],
    ]);
    appendResults(file, [prediction(2, 'c', 'a', { model: 'second-model' })]);
    await index.update();
    expect(index.entries.map((one) => [one.index, one.correct])).toEqual([[2, false]]);
  });

  test('say where they were choices; pieces of a text are no answers, and are summed up', async () => {
    const folder = temporaryFolder();
    writeResults(folder, 'pick', [prediction(0, 'a', 'a', { protocol: 'choice' })]);
    const piece = { protocol: 'perplexity', promptHash: 'a', model: 'm' };
    const pieces = [
      { ...piece, index: 0, tokens: 10, nats: 25 },
      { ...piece, index: 1, tokens: 10, nats: 5 },
      { ...piece, index: 1, tokens: 10, nats: 15 },
    ];
    const text = pieces.map((one) => `${JSON.stringify(one)}\n`).join('');
    writeFileSync(join(folder, 'notes.jsonl'), text);
    const { tasks, texts } = await new ResultsReader().readFolder(folder);
    expect(tasks).toMatchObject([{ task: 'pick', n: 1, correct: 1, protocol: 'choice' }]);
    expect(texts).toEqual([{ task: 'notes', tokens: 20, nats: 40 }]);
  });

  test('are read anew from a file that was replaced, and gone with it', async () => {
    const folder = temporaryFolder();
    const file = writeResults(folder, 'quiz', [prediction(0, 'a', 'a')]);
    const index = new AnswerIndex(file);
    await index.update();
    const other = writeResults(folder, 'other', [prediction(0, 'b', 'a'), prediction(1, 'a', 'a')]);
    renameSync(other, file);
    await index.update();
    expect(index.entries.map(({ correct }) => correct)).toEqual([false, true]);
    rmSync(file);
    await index.update();
    expect(index.entries).toEqual([]);
  });

  test('of 10,042 questions with long prompts leave others their turn', async () => {
    const prompt = `### Instruction:\n${'wörd '.repeat(250)}\n### Response:\n`;
    const lines = Array.from({ length: 10_042 }, (_, i) => prediction(i, 'a', 'a', { prompt }));
    const file = writeResults(temporaryFolder(), 'hellaswag', lines);
    const index = new AnswerIndex(file);
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await index.update();
    clearInterval(timer);
    expect(index.entries).toHaveLength(10_042);
    expect(turns).toBeGreaterThan(5);
  });
});

describe('the results of a run', () => {
  test('are its end and its checkpoints, each task counted', async () => {
    const run = temporaryFolder();
    const results = join(run, 'results');
    writeResults(results, 'quiz', [
      prediction(0, 'a', 'a'),
      prediction(1, '', 'a'),
      prediction(2, 'b', 'a'),
    ]);
    writeResults(join(results, 'step-000050'), 'facts', [prediction(0, 'a', 'a')]);
    writeResults(join(results, 'step-000100'), 'facts', []);
    const lock = lockEvaluation(join(results, 'step-000050'));
    mkdirSync(join(results, 'notes'));
    const reader = new ResultsReader();
    const folders = await reader.readRun(run);
    expect(folders.map(({ step, tasks, isLocked }) => [step, tasks.length, isLocked])).toEqual([
      [undefined, 1, false],
      [50, 1, true],
    ]);
    expect(folders[0]?.tasks[0]).toMatchObject({ task: 'quiz', n: 3, correct: 1, unanswered: 1 });
    lock.release();
    expect((await reader.readRun(run))[1]?.isLocked).toBe(false);
  });

  test('say of each task what its document said when it was asked, also once that is another', async () => {
    const folder = temporaryFolder();
    const file = writeResults(folder, 'mine', [prediction(0, '1', '1')]);
    const reader = new ResultsReader();
    const asked = async () => (await reader.readFolder(folder)).tasks[0]?.asked;
    expect(await asked()).toBeUndefined();
    const text =
      '{ "group": "sums", "template": "paper", "extraction": "number", "reference": "extracted" }';
    keepAskedTask(file, parseTaskFile(text, 'task.json'));
    expect(await asked()).toEqual({ group: 'sums', isExactMath: true });
    keepAskedTask(file, parseTaskFile('{ "template": "paper", "pattern": "yes|no" }', 'task.json'));
    expect(await asked()).toEqual({ group: '', isExactMath: false });
    writeFileSync(join(folder, 'tasks', 'mine.json'), '{ "protocol":');
    expect(await asked()).toBeUndefined();
  });

  test('are none where nothing was evaluated', async () => {
    expect(await new ResultsReader().readRun(temporaryFolder())).toEqual([]);
  });

  test('are counted again when the file changes, and only then', async () => {
    const run = temporaryFolder();
    const file = writeResults(join(run, 'results'), 'quiz', [prediction(0, 'a', 'a')]);
    const reader = new ResultsReader();
    const correct = async (): Promise<number | undefined> =>
      (await reader.readRun(run))[0]?.tasks[0]?.correct;
    const time = new Date('2026-11-24T10:00:00Z');
    utimesSync(file, time, time);
    expect(await correct()).toBe(1);
    // Same size, same time: nobody can tell, and nothing is read.
    writeFileSync(file, `${JSON.stringify({ ...prediction(0, 'a', 'a'), correct: true })}\n`);
    utimesSync(file, time, time);
    expect(await correct()).toBe(1);
    appendResults(file, [prediction(1, 'a', 'a')]);
    expect(await correct()).toBe(2);
  });
});
