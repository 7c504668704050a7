// Multiple choice by log-likelihood: what is measured, and what counts as the answer.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evaluateTask } from '../../../extension/evaluation/evaluate';
import { readTaskQuestions } from '../../../extension/evaluation/taskQuestions';
import { encodePair } from '../../../extension/evaluation/tokenPairs';
import { readLines } from '../../../extension/runs/answerFile';
import { parsePrediction } from '../../../extension/shared/prediction';
import { emptyFolder, failureOf } from '../model/modelFixture';
import { evaluated, FakeModel, testTokenizer } from './fakeModel';

/** A data folder with one set, or with one task of the user's own. */
function dataFolder(name: string, records: object[], task?: object): string {
  const data = emptyFolder();
  mkdirSync(join(data, name));
  writeFileSync(join(data, name, 'test.json'), JSON.stringify(records));
  if (task) writeFileSync(join(data, name, 'task.json'), JSON.stringify(task));
  return data;
}

async function questionsOf(name: string, data: string) {
  const [asked] = await readTaskQuestions([name], data, 0);
  if (asked?.protocol !== 'choice') throw new Error(`${name} is no choice`);
  return asked;
}

/** Of the first question: what stands before each choice, the choices as they are measured, the right one. */
async function firstOf(name: string, data: string) {
  const [question] = (await questionsOf(name, data)).questions;
  const { pairs = [], right } = question ?? {};
  return { pairs: pairs.map(({ context, continuation }) => [context, continuation]), right };
}

const arc = {
  instruction:
    'Please choose the correct answer to the question: What melts?\n\nAnswer1: ice Answer2: Answer to all: salt, see Step 2: Answer3: iron\n\nAnswer format: answer1/answer2/answer3',
  answer: 'answer3',
};

describe('the eight sets', () => {
  test.each<[string, object, [string, string][], number]>([
    [
      'boolq',
      {
        instruction:
          'Please answer the following question with true or false, question: is it?\n\nAnswer format: true/false',
        answer: 'true',
      },
      [
        ['Question: is it?\nAnswer:', ' false'],
        ['Question: is it?\nAnswer:', ' true'],
      ],
      1,
    ],
    [
      'piqa',
      {
        instruction:
          'Please choose the correct solution to the question: Open it.\n\nSolution1: Pull.\n\nSolution2: Push\nhard.\n\nAnswer format: solution1/solution2',
        answer: 'solution2',
      },
      [
        ['Question: Open it.\nAnswer:', ' Pull.'],
        ['Question: Open it.\nAnswer:', ' Push\nhard.'],
      ],
      1,
    ],
    [
      'social_i_qa',
      {
        instruction:
          'Please choose the correct answer to the question: A met B. Why?\n\nAnswer1: to eat Answer2: to talk Answer3: by chance\n\nAnswer format: answer1/answer2/answer3',
        answer: 'answer1',
      },
      [
        ['Q: A met B. Why?\nA:', ' to eat'],
        ['Q: A met B. Why?\nA:', ' to talk'],
        ['Q: A met B. Why?\nA:', ' by chance'],
      ],
      0,
    ],
    [
      'hellaswag',
      {
        instruction:
          'Please choose the correct ending to complete the given sentence: Jump: He runs. he\n\nEnding1: jumps. Ending2: sings. Ending3: eats. Ending4: sits.\n\nAnswer format: ending1/ending2/ending3/ending4',
        answer: 'ending1',
      },
      ['jumps.', 'sings.', 'eats.', 'sits.'].map((end) => ['Jump: He runs. he', ` ${end}`]),
      0,
    ],
    [
      'winogrande',
      {
        instruction:
          'Please choose the correct answer to fill in the blank to complete the given sentence: Ann thanked Bea because _  had helped. \n\nOption1: Ann Option2: Bea Answer format: option1/option2',
        answer: 'option2',
      },
      [
        ['Ann thanked Bea because Ann', ' had helped.'],
        ['Ann thanked Bea because Bea', ' had helped.'],
      ],
      1,
    ],
    [
      'ARC-Easy',
      arc,
      ['ice', 'Answer to all: salt, see Step 2:', 'iron'].map((choice) => [
        'Question: What melts?\nAnswer:',
        ` ${choice}`,
      ]),
      2,
    ],
    [
      'ARC-Challenge',
      arc,
      ['ice', 'Answer to all: salt, see Step 2:', 'iron'].map((choice) => [
        'Question: What melts?\nAnswer:',
        ` ${choice}`,
      ]),
      2,
    ],
    [
      'openbookqa',
      arc,
      ['ice', 'Answer to all: salt, see Step 2:', 'iron'].map((choice) => [
        'What melts?',
        ` ${choice}`,
      ]),
      2,
    ],
  ])('%s', async (set, record, pairs, right) => {
    const data = dataFolder(set, [record]);
    expect(await firstOf(`${set}.choice`, data)).toEqual({ pairs, right });
  });

  test('a record that does not fit is named by its number', async () => {
    const data = dataFolder('ARC-Easy', [arc, { instruction: 'What?', answer: 'answer1' }]);
    const { message } = await failureOf(() => questionsOf('ARC-Easy.choice', data));
    expect(message).toMatch(/test\.json, record 2.*: it has no choices/);
    const wrong = dataFolder('ARC-Easy', [{ ...arc, answer: 'answer4' }]);
    expect((await failureOf(() => questionsOf('ARC-Easy.choice', wrong))).message).toMatch(
      /record 1.*its answer "answer4" is none of its 3 choices/,
    );
  });
});

describe('own tasks', () => {
  const task = { protocol: 'choice', template: '{instruction}\nAnswer:' };

  test.each<[string, object, object, number]>([
    ['a list', { choices: ['no', 'yes'] }, { answer: 'yes' }, 1],
    ['columns', { choices: { columns: ['a', 'b'] } }, { a: 'up', b: 'down', answer: 'down' }, 1],
    ['a column', { choices: { column: 'c' } }, { c: ['x', 'y', 'z'], answer: 'z' }, 2],
    [
      "a column as Hugging Face's sets have it, with a letter",
      { choices: { column: 'c' }, answerIs: 'letter' },
      { c: { text: ['x', 'y'], label: ['A', 'B'] }, answer: 'B' },
      1,
    ],
    ['an index', { choices: ['no', 'yes'], answerIs: 'index' }, { answer: 0 }, 0],
    ['a number', { choices: ['no', 'yes'], answerIs: 'number' }, { answer: '2' }, 1],
  ])('with choices from %s', async (_, settings, record, right) => {
    const data = dataFolder('own', [{ instruction: 'q', ...record }], { ...task, ...settings });
    expect((await firstOf('own', data)).right).toBe(right);
  });

  test.each<[string, object, object, RegExp]>([
    [
      'a missing column',
      { choices: { column: 'c' } },
      {},
      /record 1.*no column "c" for the choices/,
    ],
    [
      'no list',
      { choices: { column: 'c' } },
      { c: 'x' },
      /column "c" holds "x", not a list of texts/,
    ],
    ['one choice', { choices: { column: 'c' } }, { c: ['x'] }, /one choice only/],
    ['an empty choice', { choices: { column: 'c' } }, { c: ['x', ' '] }, /choice 2 is empty/],
    [
      'a letter beyond',
      { choices: ['a', 'b'], answerIs: 'letter' },
      { answer: 'C' },
      /none of its 2/,
    ],
    [
      'nothing after the blank',
      { choices: ['a', 'b'], blank: '_', template: '{instruction}' },
      { instruction: 'q _ ', answer: 'a' },
      /nothing follows the blank/,
    ],
    ['no blank', { choices: ['a', 'b'], blank: '_' }, { answer: 'a' }, /has no "_" to fill in/],
    [
      'another question',
      { choices: ['a', 'b'], question: '(x)' },
      {},
      /\/\(x\)\/, matches nothing/,
    ],
  ])('refuse %s', async (_, settings, record, sentence) => {
    const records = [{ instruction: 'q', answer: 'a', ...record }];
    const data = dataFolder('own', records, { ...task, ...settings });
    expect((await failureOf(() => questionsOf('own', data))).message).toMatch(sentence);
  });
});

describe('the answer', () => {
  // Each character costs; the long right one costs more in all, and less a character.
  const likelihoods: Record<string, number> = { ' up': -2, ' all the way down': -8 };
  const task = {
    protocol: 'choice',
    template: '{instruction}',
    choices: ['up', 'all the way down'],
  };
  const record = { instruction: 'Where?', answer: 'all the way down' };

  async function run(normalise: string) {
    const data = dataFolder('own', [record], { ...task, normalise });
    const model = new FakeModel(testTokenizer(), undefined, (_, text) => likelihoods[text] ?? NaN);
    const file = join(data, 'own.jsonl');
    const settings = { file, atOnce: 4 };
    const asked = await questionsOf('own', data);
    return { result: await evaluateTask(asked, evaluated(model), settings), file, model, asked };
  }

  test('is the likeliest choice, or the likeliest a character', async () => {
    expect((await run('none')).result).toMatchObject({ protocol: 'choice', correct: 0, n: 1 });
    expect((await run('length')).result).toMatchObject({ protocol: 'choice', correct: 1, n: 1 });
  });

  test('is kept with all log-likelihoods, and read anew in another way without being asked', async () => {
    const { file, model, asked } = await run('none');
    const [line] = readLines(file, parsePrediction);
    expect(line).toMatchObject({
      ...{ protocol: 'choice', text: 'up', answer: 'all the way down', correct: false },
      ...{ choices: ['up', 'all the way down'], logLikelihoods: [-2, -8], prompt: 'Where?' },
    });
    const before = model.measured.length;
    const other = { ...asked, task: { ...asked.task, normalise: 'length' as const } };
    const result = await evaluateTask(other, evaluated(model), { file, atOnce: 4 });
    expect(result).toMatchObject({ correct: 1 });
    expect(model.measured).toHaveLength(before);
  });
});

describe('tokens', () => {
  test('a continuation is what the whole text has beyond its context; white space goes with what follows', () => {
    const tokenizer = testTokenizer();
    const { context, continuation } = encodePair(tokenizer, 'a question: ', 'an answer');
    expect(tokenizer.decode(context, { skipSpecial: true })).toBe('a question:');
    expect(tokenizer.decode(continuation)).toBe(' an answer');
    expect(context[0]).toBe(tokenizer.prefix[0]);
  });

  /** Each character is a token, but those of `pieces` are one. */
  const tokenizerOf = (...pieces: string[]): Parameters<typeof encodePair>[0] => ({
    encodePlain: (text) => {
      const pattern = new RegExp([...pieces, '[^]'].join('|'), 'g');
      return (text.match(pattern) ?? []).map((one) =>
        one.length === 1 ? one.charCodeAt(0) : 1000 + pieces.indexOf(one),
      );
    },
    ...{ prefix: [], special: { bos: '<s>' }, idOf: () => 1, eosId: 2 },
  });

  test('white space that is one token with what stands before it stays there', () => {
    const pair = encodePair(tokenizerOf('R:\n  '), 'QR:\n  ', 'ab');
    expect(pair).toEqual({ context: [81, 1000], continuation: [97, 98] });
  });

  test('where the two meet within a token, they are read one after the other', () => {
    expect(encodePair(tokenizerOf('xy'), 'wx', 'yz')).toEqual({
      ...{ context: [119, 120], continuation: [121, 122] },
    });
  });

  test('without a context the token that begins texts stands before', () => {
    expect(encodePair(tokenizerOf(), '', 'a')).toEqual({ context: [1], continuation: [97] });
  });
});
