// What a prompt asks, for people who look through many.
import { expect, test } from 'vitest';
import { parsePrediction, questionOf, shortQuestion } from '../../../extension/shared/prediction';

const indent = ' '.repeat(16);
const instruction = `Please choose the correct ending to complete the given sentence: Roof: A man\nis  sitting.\n\nEnding1: a Ending2: b`;
const prompt = `Below is an instruction. \n\n${indent}### Instruction:\n${indent}${instruction}\n\n${indent}### Response:\n${indent}`;

test('is the instruction, without the words around it', () => {
  expect(questionOf(prompt)).toBe(instruction);
  expect(questionOf('What is it? ')).toBe('What is it?');
});

test('in one line begins where questions differ', () => {
  expect(shortQuestion(prompt)).toBe('Roof: A man is sitting. Ending1: a Ending2: b');
  expect(shortQuestion('is 3 even or odd? ')).toBe('is 3 even or odd?');
});

test('is read from whole lines of results alone', () => {
  const line = { index: 1, text: 'a', extracted: 'a', answer: 'a', correct: true };
  const whole = { ...line, tokens: [1], promptHash: 'h', model: 'm' };
  expect(parsePrediction(JSON.stringify(whole))).toEqual(whole);
  expect(parsePrediction(JSON.stringify({ ...whole, prompt: 'p' }))?.prompt).toBe('p');
  for (const broken of [
    line,
    { ...whole, correct: 'yes' },
    { ...whole, prompt: 1 },
    'text',
    null,
  ]) {
    expect(parsePrediction(JSON.stringify(broken))).toBeUndefined();
  }
  expect(parsePrediction('{"index":1')).toBeUndefined();
});
