// What a judge is asked.
import { describe, expect, test } from 'vitest';
import { askedAgain, judgeMessages } from '../../../extension/shared/judging/judgePrompt';
import { readVerdict } from '../../../extension/shared/judging/verdict';

const first = { question: 'What is 6 times 7?', answer: 'It is 42.' };
const second = { question: 'And plus one?', answer: '44', reference: '43' };

function textOf(turns: Parameters<typeof judgeMessages>[0]): string {
  return judgeMessages(turns, 'mark7').at(-1)?.content ?? '';
}

test('one turn: question, answer, scale and form', () => {
  const messages = judgeMessages([first], 'mark7');
  expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
  const text = textOf([first]);
  expect(text).toContain('--- question mark7 ---\nWhat is 6 times 7?\n--- end mark7 ---');
  expect(text).toContain("--- assistant's answer mark7 ---\nIt is 42.\n--- end mark7 ---");
  expect(text).toContain('from 1 to 10');
  expect(text).not.toContain('turn');
  expect(text).not.toContain('reference');
});

test('the second turn is judged with the first in sight', () => {
  const text = textOf([first, second]);
  expect(text).toContain('Grade the answer of turn 2 alone');
  const places = [first.question, first.answer, second.question, second.reference, second.answer];
  const found = places.map((part) => text.indexOf(part));
  expect(found).toEqual([...found].sort((a, b) => a - b));
  expect(found.every((place) => place > 0)).toBe(true);
  expect(text).toContain('--- reference answer of turn 2 mark7 ---');
});

test('the example of the form is itself a verdict, so the form and its reader agree', () => {
  const example = textOf([first]).trimEnd().split('\n').at(-1) ?? '';
  expect(readVerdict(example)).toEqual({ score: 4 });
});

test('an empty answer is shown as one', () => {
  expect(textOf([{ ...first, answer: '' }])).toContain('(nothing)');
});

describe('asked again', () => {
  test('the judge sees what it wrote, and the form once more', () => {
    const messages = judgeMessages([first], 'm');
    const again = askedAgain(messages, 'Seven.');
    expect(again.slice(0, 2)).toEqual(messages);
    expect(again[2]).toEqual({ role: 'assistant', content: 'Seven.' });
    expect(again[3]?.content).toContain('[[4]]');
  });

  test('after an empty reply no message is empty', () => {
    const again = askedAgain(judgeMessages([first], 'm'), '');
    expect(again.every(({ content }) => content !== '')).toBe(true);
  });
});

test('nothing to grade is an error', () => {
  expect(() => judgeMessages([], 'm')).toThrow('no answer');
});
