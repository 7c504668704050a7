// Templates to the letter, and texts of the user's own.
import { expect, test } from 'vitest';
import { evaluationPrompt, textTemplate } from '../../../extension/data/template';
import { failureOf } from '../model/modelFixture';

const s16 = ' '.repeat(16);
const question = { instruction: 'Is it?\n\nAnswer format: true/false', input: '' };
const withInput = { instruction: 'Add.', input: '1 2' };

test('paper: the training text of the reference scripts', () => {
  expect(textTemplate('paper')(question, 'the correct answer is true').text).toBe(
    'Below is an instruction that describes a task. Write a response that appropriately completes the request.  \n' +
      '\n' +
      `${s16}### Instruction:\n` +
      `${s16}Is it?\n\nAnswer format: true/false\n` +
      `${s16}\n` +
      `${s16}### Response:\n` +
      `${s16}the correct answer is true`,
  );
  expect(textTemplate('paper')(withInput, '3').text).toBe(
    'Below is an instruction that describes a task, paired with an input that provides further context. ' +
      'Write a response that appropriately completes the request. \n' +
      '\n' +
      `${s16}### Instruction:\n${s16}Add.\n${s16}\n` +
      `${s16}### Input:\n${s16}1 2\n${s16}\n` +
      `${s16}### Response:\n${s16}3`,
  );
});

test('paper: the evaluation prompt has other white space', () => {
  expect(evaluationPrompt('paper')(question)).toBe(
    'Below is an instruction that describes a task. Write a response that appropriately completes the request. \n' +
      '\n' +
      `${s16}### Instruction:\n` +
      `${s16}Is it?\n\nAnswer format: true/false\n` +
      '\n' +
      `${s16}### Response:\n` +
      s16,
  );
});

test('alpaca', () => {
  expect(textTemplate('alpaca')(question, 'true').text).toBe(
    'Below is an instruction that describes a task. Write a response that appropriately completes the request.' +
      '\n\n### Instruction:\nIs it?\n\nAnswer format: true/false\n\n### Response:\ntrue',
  );
  expect(textTemplate('alpaca')(withInput, '3').text).toContain(
    'Add.\n\n### Input:\n1 2\n\n### Response:\n3',
  );
});

test('a text with placeholders; braces around other things stay', () => {
  const template = textTemplate(
    '{"q": {instruction} ({input})}\nA: {output} {end of it}'.replace('{end of it}', '{1}'),
  );
  const { text, answers } = template({ instruction: 'a{input}', input: '$&' }, 'yes');
  expect(text).toBe('{"q": a{input} ($&)}\nA: yes {1}');
  expect(answers.map(([start, end]) => text.slice(start, end))).toEqual(['yes {1}']);
});

test('the prompt of a text template ends where the answer starts', () => {
  expect(evaluationPrompt('Q: {instruction}\nA: {output}!')(withInput)).toBe('Q: Add.\nA: ');
  expect(evaluationPrompt('Q: {instruction}\nA:')(withInput)).toBe('Q: Add.\nA:');
});

test.each<[string, RegExp]>([
  [
    'no placeholder here',
    /"template" has no placeholder: "no placeholder here" must be paper, alpaca/,
  ],
  ['papre', /did you mean "paper"/],
  ['', /has no placeholder/],
  ['{question} {output}', /has the unknown placeholder \{question\}/],
  ['{instruction}', /has no \{output\}/],
])('%j is refused', async (template, sentence) => {
  expect((await failureOf(() => textTemplate(template))).message).toMatch(sentence);
});
