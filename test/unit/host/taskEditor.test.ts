// What stands in a task.json, what a new one says, and what trying one tells.
import { describe, expect, test } from 'vitest';
import { newTaskQuestions, newTaskText } from '../../../extension/host/taskEditor/newTask';
import { taskLenses } from '../../../extension/host/taskEditor/taskLenses';
import { taskPlace } from '../../../extension/host/taskEditor/taskPlace';
import { triedReport, type Tried } from '../../../extension/host/taskEditor/triedReport';
import type { Prediction } from '../../../extension/shared/prediction';
import { parseTaskFile } from '../../../extension/shared/taskText';

const t = (text: string, ...values: (string | number)[]): string =>
  text.replace(/\{(\d+)\}/g, (_, i: string) => String(values[Number(i)]));

test('a task is called as its folder, in a folder of data', () => {
  expect(taskPlace('/w/data/quiz/task.json')).toEqual({ task: 'quiz', data: '/w/data' });
});

describe('lenses', () => {
  test('stand above the object, below comments, and name the model that was tried last', () => {
    const text = '// about\n{ "pattern": "a" }';
    expect(taskLenses(text, undefined, t)).toMatchObject([
      { offset: 9, title: '$(beaker) Try on 5 records', isOtherModel: false },
    ]);
    expect(taskLenses(text, 'smollm2', t)).toMatchObject([
      { title: '$(beaker) Try on 5 records with smollm2', isOtherModel: false },
      { title: 'Another model…', isOtherModel: true },
    ]);
  });

  test.each(['', '[]', '{}', '{ "family": "ecs", "containerDefinitions": [] }'])(
    'none in %j, which is no task',
    (text) => {
      expect(taskLenses(text, undefined, t)).toEqual([]);
    },
  );
});

describe('a new task', () => {
  test('is one as it stands, with the columns of the questions that are there', () => {
    const task = parseTaskFile(newTaskText(['question', 'answer']), 'task.json');
    expect(task).toMatchObject({
      ...{ protocol: 'generation', questions: 'test.json', metric: 'exact', group: 'mine' },
      ...{ columns: { instruction: 'question', answer: 'answer' } },
      ...{ generation: { beams: 1, maxNewTokens: 32, stopTexts: ['\n\n'] } },
      ...{ extraction: { pattern: 'yes|no', take: 'first', ignoreCase: true, group: 0 } },
    });
    expect(parseTaskFile(newTaskText([]), 'task.json')).toMatchObject({
      columns: { instruction: 'instruction', answer: 'answer' },
    });
  });

  test('comes with records that fit it', () => {
    const records = JSON.parse(newTaskQuestions) as Record<string, string>[];
    expect(records.every(({ instruction, answer }) => instruction && answer)).toBe(true);
  });
});

describe('what was tried', () => {
  const prediction: Prediction = {
    ...{ index: 0, text: 'yes, it is', extracted: 'yes', answer: 'yes', correct: true },
    ...{ tokens: [1], promptHash: 'a', prompt: 'Is it?\nAnswer:', model: 'm' },
  };
  const result = { protocol: 'generation' as const, n: 2, correct: 1, beyondContext: 0 };
  const tried: Tried = {
    ...{ task: 'quiz_1', model: 'smollm2', result },
    predictions: [
      prediction,
      { ...prediction, index: 1, text: 'I `do` not\n```\nknow', extracted: '', correct: false },
    ],
  };

  test('prompt, output, the answer in it, right or wrong', () => {
    const report = triedReport(tried, t);
    expect(report).toContain('# quiz\\_1 with smollm2');
    expect(report).toContain('**1 of 2 right.** In 1 outputs no answer was found.');
    expect(report).toContain('## ✓ Record 1: right');
    expect(report).toContain('Answer found: `yes` · right answer: `yes`');
    expect(report).toContain('```text\nIs it?\nAnswer:\n```');
    expect(report).toContain('## ✗ Record 2: wrong: no answer was found');
  });

  test('no output ends its own frame', () => {
    expect(triedReport(tried, t)).toContain('````text\nI `do` not\n```\nknow\n````');
  });

  test('choices with their log-likelihoods, the chosen one in bold', () => {
    const chosen: Prediction = {
      ...{ ...prediction, protocol: 'choice', text: 'a|b', extracted: 'a|b' },
      ...{ choices: ['a|b', 'c'], logLikelihoods: [-1.5, -2] },
    };
    const choice = { ...result, protocol: 'choice' as const };
    const report = triedReport({ ...tried, result: choice, predictions: [chosen] }, t);
    expect(report).toContain('| **a\\|b** | -1.500 |\n| c | -2.000 |');
  });

  test('the perplexity of a text', () => {
    const measured = {
      ...{ protocol: 'perplexity' as const, tokens: 1234, natsPerToken: 2, perplexity: 7.389 },
    };
    const report = triedReport({ ...tried, result: measured, predictions: [] }, t);
    expect(report).toContain('Perplexity **7.39**: 2.000 nats a token over 1,234 tokens.');
  });
});
