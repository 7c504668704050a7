// Tasks as data: the eight sets of the paper and those of the user.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commonsenseTasks } from '../../../extension/evaluation/builtIn/commonsense';
import { readQuestions } from '../../../extension/evaluation/questions';
import { score } from '../../../extension/evaluation/score';
import { wilsonInterval } from '../../../extension/shared/statistics/wilson';
import { findTask, type GenerationTask } from '../../../extension/evaluation/task';
import { readTaskQuestions } from '../../../extension/evaluation/taskQuestions';
import type { JsonObject } from '../../../extension/model/jsonFile';
import { emptyFolder, failureOf } from '../model/modelFixture';

function findGeneration(name: string, data: string): GenerationTask {
  const task = findTask(name, data);
  if (task.protocol !== 'generation') throw new Error(`${name} is not asked by generation`);
  return task;
}

function taskFolder(task: JsonObject, questions: unknown[] = []): string {
  const data = emptyFolder();
  mkdirSync(join(data, 'own'));
  writeFileSync(join(data, 'own', 'task.json'), JSON.stringify(task));
  writeFileSync(join(data, 'own', 'test.json'), JSON.stringify(questions));
  return data;
}

test.each([
  ['boolq', 'so TRUE, false or true', 'false'],
  ['piqa', 'solution2 solution1', 'solution2'],
  ['social_i_qa', 'the correct answer is answer3.', 'answer3'],
  ['hellaswag', 'ending4', 'ending4'],
  ['winogrande', 'option1option2', 'option1'],
  ['ARC-Easy', 'answer5', 'answer5'],
  ['ARC-Challenge', 'answer6', ''],
  ['openbookqa', 'Answer1', ''],
])('%s takes the first match of its pattern', (name, text, extracted) => {
  const task = findGeneration(name, emptyFolder());
  expect(task).toMatchObject({ template: 'paper', generation: { beams: 4, maxNewTokens: 32 } });
  expect(score(task, text, extracted)).toEqual({ extracted, correct: extracted !== '' });
  expect(score(task, text, 'other').correct).toBe(false);
});

test('there are eight', () => {
  expect(Object.keys(commonsenseTasks)).toHaveLength(8);
});

test("a task of the user's own", async () => {
  const task = {
    pattern: 'yes|no',
    template: '{instruction}\nAnswer:',
    columns: { instruction: 'q', answer: 'a' },
    beams: 1,
    maxNewTokens: 4,
  };
  const data = taskFolder(task, [{ q: 'Is it?', a: 'yes' }]);
  const found = findGeneration('own', data);
  expect(found.generation).toMatchObject({ beams: 1, maxNewTokens: 4 });
  expect(await readQuestions(found, data, 0)).toMatchObject([
    { index: 0, prompt: 'Is it?\nAnswer:', answer: 'yes' },
  ]);
});

test('all tasks that are asked are read in their order, so many questions of each', async () => {
  const task = { pattern: 'yes|no', template: '{instruction}' };
  const data = taskFolder(task, [
    { instruction: 'first', answer: 'yes' },
    { instruction: 'second', answer: 'no' },
  ]);
  const read = await readTaskQuestions(['own', 'own'], data, 1);
  expect(read.map(({ task: { name } }) => name)).toEqual(['own', 'own']);
  const prompts = read.map((one) => (one.protocol === 'generation' ? one.questions : []));
  expect(prompts.map((questions) => questions.map(({ answer }) => answer))).toEqual([
    ['yes'],
    ['yes'],
  ]);
  const { message } = await failureOf(() => readTaskQuestions(['own', 'none'], data, 0));
  expect(message).toMatch(/"none"/);
});

describe('refused', () => {
  test('an unknown task, with the nearest', async () => {
    const { message } = await failureOf(() =>
      findTask('boolk', taskFolder({ pattern: 'a', template: 'paper' })),
    );
    expect(message).toMatch(
      /no task "boolk" \(did you mean "boolq"\?\); known are boolq, .*, own,/,
    );
    expect((await failureOf(() => findTask('../own', emptyFolder()))).code).toBe('task-unknown');
  });

  test.each<[JsonObject, RegExp]>([
    [{ template: 'paper' }, /"pattern" is missing \(or "extraction"\)/],
    [{ pattern: 'a' }, /"template" is missing/],
    [{ pattern: 'a', templete: 'paper' }, /no setting "templete"; did you mean "template"\?/],
    [
      { pattern: '(', template: 'paper' },
      /"pattern" does not compile \(Unterminated group\): correct it, and put/,
    ],
    [
      { pattern: 'a', template: 'paper', maxNewToken: 3 },
      /no setting "maxNewToken"; did you mean "maxNewTokens"\?/,
    ],
    [{ pattern: 'a', template: 'paper', beams: 0 }, /"beams" must be above 0, not 0/],
    [{ pattern: 'a', template: 'paper', beams: 2.5 }, /"beams" must be a whole number, not 2.5/],
    [
      { pattern: 'a', template: 'x' },
      /"template" must be paper, alpaca or a text with \{instruction\}, not "x"/,
    ],
    [{ pattern: 'a', template: 'papr' }, /not "papr" \(did you mean "paper"\?\)/],
    [{ protocol: 'chioce' }, /must be generation, choice, perplexity, .*mean "choice"\?/],
    [
      { pattern: 'a', template: 'paper', extraction: 'number' },
      /"pattern" cannot be set beside "extraction"/,
    ],
    [
      { pattern: 'a', template: 'paper', beams: 1, generation: { beams: 1 } },
      /"beams" cannot be set beside "generation.beams"/,
    ],
    [
      { template: 'paper', extraction: { pattern: 'a', group: 1 } },
      /"extraction.pattern" has no group, but group 1 is the answer/,
    ],
    [
      { template: 'paper', extraction: { patern: 'a' } },
      /no setting "extraction.patern"; did you mean "extraction.pattern"/,
    ],
    [
      { template: 'paper', extraction: 'numbr' },
      /"extraction" has a value of the wrong kind: "numbr"/,
    ],
    [
      { pattern: 'a', template: 'paper', generation: { beams: 4, sampling: {} } },
      /"generation.sampling" needs "beams": 1/,
    ],
    [
      { pattern: 'a', template: 'paper', generation: { sampling: { topP: 2 } } },
      /"generation.sampling.topP" must be at most 1, not 2/,
    ],
    [{ protocol: 'choice', template: 'paper' }, /"choices" is missing/],
    [{ protocol: 'choice', template: 'paper', choices: ['one'] }, /"choices" must not be empty/],
    [
      { protocol: 'choice', template: 'paper', choices: { pattern: 'a' } },
      /"choices.pattern" has no group/,
    ],
  ])('task.json %j', async (task, sentence) => {
    const data = taskFolder(task);
    const { message } = await failureOf(() => findTask('own', data));
    expect(message).toMatch(sentence);
    expect(message).toContain(join(data, 'own', 'task.json'));
  });

  test('a missing test file, and a question without an answer', async () => {
    const data = taskFolder({ pattern: 'a', template: 'paper' }, [{ instruction: 'q' }]);
    const read = () => readQuestions(findGeneration('own', data), data, 0);
    expect((await failureOf(read)).message).toMatch(/test\.json, record 1 has no column "answer"/);
    const other = () => readQuestions(findGeneration('boolq', data), data, 0);
    expect((await failureOf(other)).message).toContain(join(data, 'boolq', 'test.json'));
  });
});

test("Wilson's interval", () => {
  // Newcombe 1998, table I: 81 of 263
  const { low, high } = wilsonInterval(81, 263);
  expect([low, high].map((share) => share.toFixed(4))).toEqual(['0.2553', '0.3662']);
  expect(wilsonInterval(0, 10).low).toBe(0);
  expect(wilsonInterval(10, 10).high).toBeCloseTo(1, 12);
  expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
});
