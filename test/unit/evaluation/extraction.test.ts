// What is read from an output and how it is scored, against a table that another implementation of the published rules
// agrees with (test/golden/extraction).
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { numberOf } from '../../../extension/evaluation/numberText';
import { score } from '../../../extension/evaluation/score';
import { findTask, type GenerationTask } from '../../../extension/evaluation/task';
import type { TaskFile } from '../../../extension/shared/taskFile';
import { parseTaskFile } from '../../../extension/shared/taskText';

interface Case {
  task: string;
  output: string;
  answer: string;
  extracted: string;
  correct: boolean;
}

const file = resolve(import.meta.dirname, '../../golden/extraction/cases.json');
const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[];

/** Those that are not built in. */
const own: Record<string, TaskFile> = {
  'last yes or no': { template: 'paper', extraction: { pattern: 'yes|no', take: 'last' } },
  'any case': { template: 'paper', extraction: { pattern: 'paris|rome', ignoreCase: true } },
  group: {
    template: 'paper',
    extraction: { pattern: String.raw`answer is:? ?\(?([A-D])\)?`, group: 1 },
  },
  whole: { template: 'paper', extraction: 'whole' },
};

function taskOf(name: string): GenerationTask {
  const written = own[name];
  const task =
    written === undefined
      ? findTask(name, '/no/data')
      : { name, ...parseTaskFile(JSON.stringify(written), 'task.json') };
  if (task.protocol !== 'generation') throw new Error(`${name} is not asked by generation`);
  return task;
}

test('the table has enough cases, of every built-in task whose answers are written', () => {
  expect(cases.length).toBeGreaterThanOrEqual(150);
  const tasks = ['boolq', 'piqa', 'social_i_qa', 'hellaswag', 'winogrande', 'ARC-Easy'];
  const more = ['ARC-Challenge', 'openbookqa', 'gsm8k', 'AddSub', 'MultiArith', 'SingleEq'];
  const all = [...tasks, ...more, 'SVAMP', 'AQuA', 'orca-math', ...Object.keys(own)];
  expect([...new Set(cases.map(({ task }) => task))].sort()).toEqual(all.sort());
});

describe.each([...new Set(cases.map(({ task }) => task))])('%s', (name) => {
  const task = taskOf(name);
  test.each(cases.filter((one) => one.task === name))(
    'reads $extracted in $output',
    ({ output, answer, extracted, correct }) => {
      expect(score(task, output, answer)).toEqual({ extracted, correct });
    },
  );
});

describe('numbers as people write them', () => {
  test.each<[string, number]>([
    ['1,234.5', 1234.5],
    ['$18', 18],
    ['-$18', -18],
    ['18 %', 18],
    ['3/4', 0.75],
    ['-3/4', -0.75],
    ['5.', 5],
    ['.5', 0.5],
    ['\u22125', -5],
    ['٤٢', 42],
    ['１５', 15],
    ['𝟜', 4],
    ['1e3', 1000],
  ])('%s', (text, value) => {
    expect(numberOf(text)).toBe(value);
  });

  test.each(['', ' ', 'three', '1/2/3', '1.2.3', '--1', '²'])('%j is none', (text) => {
    expect(numberOf(text)).toBeNaN();
  });
});
