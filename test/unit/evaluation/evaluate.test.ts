// Evaluations: the paper's protocol, results that are appended, and going on where one stopped.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  evaluateTask,
  type EvaluatedModel,
  type Generator,
  type TaskResult,
} from '../../../extension/evaluation/evaluate';
import { readQuestions } from '../../../extension/evaluation/questions';
import { readPredictions } from '../../../extension/evaluation/results';
import { findGenerationTask } from '../../../extension/evaluation/task';
import { readTokenizer, type TextTokenizer } from '../../../extension/model/tokenizer';
import { tokenizerFolder } from '../data/dataFixture';
import { emptyFolder } from '../model/modelFixture';

const answers = ['true', 'false', 'false', 'true', 'true'];

function dataFolder(): string {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'boolq'));
  const records = answers.map((answer, i) => ({ instruction: `q${i}?`, input: '', answer }));
  writeFileSync(join(folder, 'boolq', 'test.json'), JSON.stringify(records));
  return folder;
}

/** Writes the same text to every prompt and remembers what it was asked. */
class Parrot implements Generator {
  readonly prompts: string[] = [];
  readonly batches: number[] = [];

  constructor(
    private readonly tokenizer: TextTokenizer,
    private readonly text: string,
  ) {}

  generate(prompts: Int32Array[]): Promise<Int32Array[]> {
    this.batches.push(prompts.length);
    this.prompts.push(...prompts.map((prompt) => this.tokenizer.decode(prompt)));
    const tokens = Int32Array.from(this.tokenizer.encodePlain(this.text));
    return Promise.resolve(prompts.map(() => tokens));
  }
}

interface Run {
  result: TaskResult;
  parrot: Parrot;
}

async function run(
  data: string,
  text: string,
  changes: Partial<EvaluatedModel> = {},
): Promise<Run> {
  const { tokenizer } = readTokenizer(tokenizerFolder(), 420, []);
  const parrot = new Parrot(tokenizer, text);
  const model = {
    generator: parrot,
    tokenizer,
    endTokens: [0],
    contextLength: 500,
    fingerprint: 'a',
  };
  const task = findGenerationTask('boolq', data);
  const questions = await readQuestions(task, data, 0);
  const settings = { file: join(data, 'results', 'boolq.jsonl'), batchSize: 2 };
  const result = await evaluateTask(task, questions, { ...model, ...changes }, settings);
  return { result, parrot };
}

test('asks by the protocol and scores the first match', async () => {
  const data = dataFolder();
  const { result, parrot } = await run(data, '  the answer is true, not false ');
  expect(result).toMatchObject({
    task: 'boolq',
    n: 5,
    correct: 3,
    accuracy: 0.6,
    beyondContext: 0,
  });
  expect(parrot.batches).toEqual([2, 2, 1]);
  const s16 = ' '.repeat(16);
  expect(parrot.prompts[1]).toBe(
    '<|start|>Below is an instruction that describes a task. Write a response that appropriately completes the request. ' +
      `\n\n${s16}### Instruction:\n${s16}q1?\n\n${s16}### Response:\n${s16}`,
  );
  const lines = readFileSync(join(data, 'results', 'boolq.jsonl'), 'utf8')
    .trim()
    .split('\n');
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({
    index: 1,
    text: 'the answer is true, not false',
    extracted: 'true',
    answer: 'false',
    correct: false,
  });
});

test('no match is wrong', async () => {
  const data = dataFolder();
  expect((await run(data, 'True, I think')).result.correct).toBe(0);
  expect(readPredictions(join(data, 'results', 'boolq.jsonl'))[0]?.extracted).toBe('');
});

test('nothing is asked twice, and an unfinished line does no harm', async () => {
  const data = dataFolder();
  const file = join(data, 'results', 'boolq.jsonl');
  const first = await run(data, 'true');
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, `${lines.slice(0, 2).join('\n')}\n${(lines[2] ?? '').slice(0, 20)}`);
  const second = await run(data, 'true');
  expect(second.parrot.batches).toEqual([2, 1]);
  expect(second.result.correct).toBe(first.result.correct);
  expect(readPredictions(file)).toHaveLength(5);
  appendFileSync(file, 'no json\n[]\n');
  expect((await run(data, 'true')).parrot.batches).toEqual([]);
});

test('another model, other questions and other answers are asked again', async () => {
  const data = dataFolder();
  await run(data, 'true');
  expect((await run(data, 'true', { fingerprint: 'b' })).parrot.prompts).toHaveLength(5);
  const records = answers.map((answer, i) => ({ instruction: i === 2 ? 'new' : `q${i}?`, answer }));
  writeFileSync(join(data, 'boolq', 'test.json'), JSON.stringify(records));
  expect((await run(data, 'true')).parrot.prompts).toHaveLength(1);
});

test('questions longer than the context are told', async () => {
  expect((await run(dataFolder(), 'true', { contextLength: 40 })).result.beyondContext).toBe(5);
});

test('stops between two batches and keeps what was asked', async () => {
  const data = dataFolder();
  const { tokenizer } = readTokenizer(tokenizerFolder(), 420, []);
  const generator = new Parrot(tokenizer, 'true');
  const model = { generator, tokenizer, endTokens: [], contextLength: 500, fingerprint: 'a' };
  const task = findGenerationTask('boolq', data);
  const controller = new AbortController();
  const file = join(data, 'results', 'boolq.jsonl');
  const questions = await readQuestions(task, data, 4);
  expect(questions).toHaveLength(4);
  const evaluation = evaluateTask(task, questions, model, {
    file,
    batchSize: 2,
    signal: controller.signal,
    onProgress: ({ done }) => {
      if (done === 2) controller.abort();
    },
  });
  await expect(evaluation).rejects.toThrow(/abort/);
  expect(readPredictions(file)).toHaveLength(2);
});

describe('scores', () => {
  test('an empty answer never counts as found', async () => {
    const data = dataFolder();
    writeFileSync(join(data, 'boolq', 'test.json'), '[{"instruction": "q", "answer": ""}]');
    expect((await run(data, 'nothing')).result.correct).toBe(0);
  });
});
