// Evaluations: the paper's protocol, results that are appended, going on where one stopped, and what is never mixed.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  evaluateTask,
  type AccuracyResult,
  type EvaluatedModel,
  type EvaluationSettings,
} from '../../../extension/evaluation/evaluate';
import { shortHash } from '../../../extension/evaluation/hash';
import { findTask } from '../../../extension/evaluation/task';
import { readTaskQuestions, type TaskQuestions } from '../../../extension/evaluation/taskQuestions';
import { readLines } from '../../../extension/runs/answerFile';
import { parseTaskFile } from '../../../extension/shared/taskText';
import { parsePrediction, type Prediction } from '../../../extension/shared/prediction';
import { emptyFolder, failureOf } from '../model/modelFixture';
import { evaluated, FakeModel, testTokenizer } from './fakeModel';

const answers = ['true', 'false', 'false', 'true', 'true'];

function dataFolder(): string {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'boolq'));
  writeQuestions(folder, answers);
  return folder;
}

function writeQuestions(folder: string, of: readonly string[], question = 'q'): void {
  const records = of.map((answer, i) => ({ instruction: `${question}${i}?`, input: '', answer }));
  writeFileSync(join(folder, 'boolq', 'test.json'), JSON.stringify(records));
}

function resultsOf(folder: string): string {
  return join(folder, 'results', 'boolq.jsonl');
}

function predictionsIn(file: string): Prediction[] {
  return readLines(file, parsePrediction);
}

async function questionsIn(data: string, task = 'boolq'): Promise<TaskQuestions> {
  const [asked] = await readTaskQuestions([task], data, 0);
  if (asked === undefined) throw new Error('no task was read');
  return asked;
}

interface Run {
  result: AccuracyResult;
  model: FakeModel;
}

async function run(
  data: string,
  text: string,
  changes: Partial<EvaluatedModel> = {},
  settings: Partial<EvaluationSettings> = {},
): Promise<Run> {
  const model = new FakeModel(testTokenizer(), () => text);
  const result = await evaluateTask(await questionsIn(data), evaluated(model, changes), {
    ...{ file: resultsOf(data), atOnce: 2, ...settings },
  });
  if (!('accuracy' in result)) throw new Error('boolq has accuracies');
  return { result, model };
}

test('asks by the protocol and scores the first match', async () => {
  const data = dataFolder();
  const { result, model } = await run(data, '  the answer is true, not false ');
  expect(result).toMatchObject({
    ...{ task: 'boolq', protocol: 'generation', n: 5, correct: 3 },
    ...{ accuracy: 0.6, beyondContext: 0 },
  });
  expect(model.requests).toHaveLength(1);
  expect(model.requests[0]).toMatchObject({
    ...{ beams: 4, maxNewTokens: 32, lengthPenalty: 1, earlyStopping: false },
    ...{ endTokens: [0], atOnce: 2 },
  });
  const s16 = ' '.repeat(16);
  expect(model.prompts.at(-2)).toBe(
    '<|start|>Below is an instruction that describes a task. Write a response that appropriately completes the request. ' +
      `\n\n${s16}### Instruction:\n${s16}q1?\n\n${s16}### Response:\n${s16}`,
  );
  expect(predictionsIn(resultsOf(data))[1]).toMatchObject({
    ...{ index: 1, text: 'the answer is true, not false', extracted: 'true' },
    ...{ answer: 'false', correct: false },
  });
});

test('answers that came in another order stand in that of the questions', async () => {
  const data = dataFolder();
  await run(data, 'true');
  expect(predictionsIn(resultsOf(data)).map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
});

test('the task stays with its answers, as a document of its own', async () => {
  const data = dataFolder();
  const { result } = await run(data, 'true');
  expect(result.group).toBe('commonsense');
  const kept = readFileSync(join(data, 'results', 'tasks', 'boolq.json'), 'utf8');
  const { name, ...settings } = findTask('boolq', data);
  expect([name, parseTaskFile(kept, 'boolq.json')]).toEqual(['boolq', settings]);
});

test('an answer is drawn by its question, whatever was answered before', async () => {
  const data = dataFolder();
  const settings = { template: '{instruction}', pattern: 'true', generation: { sampling: {} } };
  writeFileSync(join(data, 'boolq', 'task.json'), JSON.stringify(settings));
  const numbersOf = ({ model }: Run) => model.requests.map(({ sampling }) => sampling?.numbers);
  expect(numbersOf(await run(data, 'true'))).toEqual([[0, 1, 2, 3, 4]]);
  const lines = readFileSync(resultsOf(data), 'utf8').split('\n');
  writeFileSync(resultsOf(data), [lines[3], lines[1], ''].join('\n'));
  expect(numbersOf(await run(data, 'true'))).toEqual([[0, 2, 4]]);
});

test('no match is wrong', async () => {
  const data = dataFolder();
  expect((await run(data, 'True, I think')).result.correct).toBe(0);
  expect(predictionsIn(resultsOf(data))[0]?.extracted).toBe('');
});

test('an answer ends where the next request would begin', async () => {
  const data = dataFolder();
  const text = 'unsure ### Response: true';
  await run(data, text);
  expect(predictionsIn(resultsOf(data))[0]).toMatchObject({ text: 'unsure', extracted: '' });
});

describe('a stop text without beams', () => {
  const own = {
    template: 'paper',
    pattern: 'true|false',
    beams: 1,
    generation: { stopTexts: ['. And'] },
  };

  test('stops that text, and cuts the same tokens as one that is not stopped', async () => {
    const data = dataFolder();
    writeFileSync(join(data, 'boolq', 'task.json'), JSON.stringify(own));
    const { model } = await run(data, 'true. And false, and more');
    expect(model.stopped.sort()).toEqual([0, 1, 2, 3, 4]);
    const [first] = predictionsIn(resultsOf(data));
    expect(first).toMatchObject({ text: 'true', extracted: 'true' });
    const kept = model.tokenizer.decode(first?.tokens ?? []);
    expect(kept).toContain('. And');
    expect(kept.length).toBeLessThan('true. And false, and more'.length);
  });
});

describe('going on', () => {
  test('nothing is asked twice, and an unfinished line does no harm', async () => {
    const data = dataFolder();
    const file = resultsOf(data);
    const first = await run(data, 'true');
    const whole = readFileSync(file, 'utf8');
    const lines = whole.split('\n');
    writeFileSync(file, `${lines.slice(0, 2).join('\n')}\n${(lines[2] ?? '').slice(0, 20)}`);
    const second = await run(data, 'true');
    expect(second.model.prompts).toHaveLength(3);
    expect(second.result.correct).toBe(first.result.correct);
    expect(readFileSync(file, 'utf8')).toBe(whole);
    appendFileSync(file, 'no json\n[]\n');
    expect((await run(data, 'true')).model.requests).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(whole);
  });

  test('right answers that were corrected count at once, and nothing is asked for it', async () => {
    const data = dataFolder();
    expect((await run(data, 'true')).result.correct).toBe(3);
    writeQuestions(data, ['true', 'true', 'true', 'true', 'true']);
    const { result, model } = await run(data, 'true');
    expect([result.correct, model.prompts.length]).toEqual([5, 0]);
    expect(predictionsIn(resultsOf(data))[1]).toMatchObject({ answer: 'true', correct: true });
  });

  test('a way to read answers that was changed reads those that are there', async () => {
    const data = dataFolder();
    const task = (pattern: string): void => {
      const file = join(data, 'boolq', 'task.json');
      writeFileSync(file, JSON.stringify({ template: 'paper', pattern }));
    };
    task('nothing');
    expect((await run(data, 'it is true')).result.correct).toBe(0);
    task('true|false');
    const { result, model } = await run(data, 'it is true');
    expect([result.correct, model.prompts.length]).toEqual([3, 0]);
  });

  test('answers of version 0.2 are known by their name of the model, and get the new one', async () => {
    const data = dataFolder();
    await run(data, 'true');
    const settings = { beams: 4, maxNewTokens: 32 };
    const older = shortHash(JSON.stringify(['a', [0], settings, 'true|false']));
    const file = resultsOf(data);
    const now = predictionsIn(file);
    const before = now.map((one) => ({ ...one, model: older, prompt: undefined }));
    writeFileSync(file, before.map((one) => `${JSON.stringify(one)}\n`).join(''));
    expect((await run(data, 'true')).model.prompts).toHaveLength(0);
    expect(predictionsIn(file)).toEqual(now);
  });
});

describe('answers that cannot be mixed are refused', () => {
  test('those of another model, until it is said that they may be set aside', async () => {
    const data = dataFolder();
    await run(data, 'true');
    const before = readFileSync(resultsOf(data), 'utf8');
    const failure = await failureOf(() => run(data, 'false', { fingerprint: 'b' }));
    expect(failure.code).toBe('answers-of-other-model');
    expect(failure.message).toMatch(/boolq\.jsonl holds 5 answers of another model.*--replace/);
    expect(readFileSync(resultsOf(data), 'utf8')).toBe(before);
    const notes: string[] = [];
    const again = await run(
      data,
      'false',
      { fingerprint: 'b' },
      { replace: true, onNote: (note) => notes.push(note) },
    );
    expect(again.model.prompts).toHaveLength(5);
    expect(notes).toEqual([
      `earlier answers that cannot be mixed are now in ${resultsOf(data)}.old`,
    ]);
    expect(readFileSync(`${resultsOf(data)}.old`, 'utf8')).toBe(before);
  });

  test('those to a question that is asked in another way now', async () => {
    const data = dataFolder();
    await run(data, 'true');
    writeQuestions(data, answers, 'another ');
    const failure = await failureOf(() => run(data, 'true'));
    expect(failure.code).toBe('answers-to-other-questions');
    expect(failure.message).toMatch(/question 1 as it was asked before/);
    expect(existsSync(`${resultsOf(data)}.old`)).toBe(false);
  });

  test('those of other settings of generation', async () => {
    const data = dataFolder();
    await run(data, 'true');
    writeFileSync(
      join(data, 'boolq', 'task.json'),
      '{"template": "paper", "pattern": "true|false", "beams": 2}',
    );
    expect((await failureOf(() => run(data, 'true'))).code).toBe('answers-of-other-model');
  });
});

test('questions longer than the context are told, also those that were answered before', async () => {
  const data = dataFolder();
  expect((await run(data, 'true', { contextLength: 40 })).result.beyondContext).toBe(5);
  expect((await run(data, 'true', { contextLength: 40 })).result.beyondContext).toBe(5);
});

test('a cancelled evaluation keeps what was answered and asks the rest another time', async () => {
  const data = dataFolder();
  const controller = new AbortController();
  const cancelled = run(
    data,
    'true',
    {},
    {
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done === 2) controller.abort();
      },
    },
  );
  await expect(cancelled).rejects.toThrow(/abort/);
  expect(predictionsIn(resultsOf(data)).map(({ index }) => index)).toEqual([4, 3]);
  expect((await run(data, 'true')).model.prompts).toHaveLength(3);
});

test('an empty answer never counts as found', async () => {
  const data = dataFolder();
  writeQuestions(data, ['']);
  expect((await run(data, 'nothing')).result.correct).toBe(0);
});

test('a model that leaves questions unanswered has no accuracy', async () => {
  const data = dataFolder();
  const model = new FakeModel(testTokenizer(), () => 'true');
  const silent = { ...evaluated(model) };
  silent.generator = {
    generate: () => Promise.resolve([]),
    stopGenerating: () => undefined,
    logLikelihoods: () => Promise.resolve([]),
  };
  const asked = await questionsIn(data);
  await expect(evaluateTask(asked, silent, { file: resultsOf(data), atOnce: 2 })).rejects.toThrow(
    'Only 0 of 5 questions of boolq were answered.',
  );
});
