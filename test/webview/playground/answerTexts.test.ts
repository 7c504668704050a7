import { describe, expect, test } from 'vitest';
import { waitingAnswer } from '../../../extension/shared/answers';
import { usualSettings, type AnswerToken } from '../../../extension/shared/playground';
import {
  detailText,
  doubtOf,
  figuresText,
  memoryText,
  percentText,
  settingsText,
  spokenToken,
  stateText,
  visibleText,
} from '../../../webview/playground/answerTexts';
import { t } from '../../unit/host/runView';

const figures = { end: 'end', tokens: 21, promptSeconds: 0.2, seconds: 0.5 } as const;

describe('figures', () => {
  test('count speed from the first token to the last', () => {
    expect(figuresText(figures, t)).toBe('21 tokens · 40 tokens/s · first after 200 ms');
  });

  test('of one token have no speed, of none no time either', () => {
    const one = { ...figures, tokens: 1, seconds: 0, promptSeconds: 1.26 };
    expect(figuresText(one, t)).toBe('1 token · first after 1.3 s');
    expect(figuresText({ ...one, tokens: 0 }, t)).toBe('0 tokens');
  });
});

test('a state says what is waited for', () => {
  expect(stateText(waitingAnswer, t)).toBe('Waits for its turn');
  expect(stateText({ ...waitingAnswer, state: 'writing' }, t)).toBe('Reading the prompt');
  expect(stateText({ ...waitingAnswer, state: 'ended', figures }, t)).toBe('ended by itself');
});

test('memory is told with those that share it', () => {
  const answer = { ...waitingAnswer, memoryBytes: 7e6, baseBytes: 6e6 };
  expect(memoryText(answer, t)).toBe('7.0 MB of memory');
  expect(memoryText({ ...answer, sharedWith: ['LoRA r8', 'DoRA r4'] }, t)).toBe(
    '7.0 MB of memory, 6.0 MB of it shared with LoRA r8 · DoRA r4',
  );
  expect(memoryText(waitingAnswer, t)).toBe('');
});

test('a column tells what its base turned out to be, unless its name does', () => {
  const column = { id: 'a', model: '/w/a', base: '/w/a', name: 'QDoRA r16', detail: 'starter' };
  const answer = { ...waitingAnswer, quantization: 'nf4-double' };
  expect(detailText(column, undefined, t)).toBe('starter');
  expect(detailText(column, waitingAnswer, t)).toBe('starter');
  expect(detailText(column, answer, t)).toBe('starter · base in NF4-double');
  expect(detailText({ ...column, quantize: 'nf4-double' }, answer, t)).toBe('starter');
});

test('what cannot be seen has a sign', () => {
  expect(visibleText(' the\n\t')).toBe('␣the↵⇥');
});

test('probabilities are rounded, never to nothing', () => {
  expect([1, 0.832, 0.0004, 0].map(percentText)).toEqual(['100.0 %', '83.2 %', '< 0.1 %', '0.0 %']);
});

test('doubt grows as probability falls', () => {
  const doubts = [0.95, 0.9, 0.6, 0.3, 0.1].map((probability) =>
    doubtOf({ text: '', name: '', probability, alternatives: [] }),
  );
  expect(doubts).toEqual([0, 0, 1, 2, 3]);
});

test('a screen reader hears a token and the likeliest others', () => {
  const token: AnswerToken = {
    ...{ text: ' is', name: ' is', probability: 0.9 },
    alternatives: [
      { text: ' is', probability: 0.9 },
      { text: ' was', probability: 0.06 },
      { text: ' be', probability: 0.03 },
      { text: ' as', probability: 0.01 },
    ],
  };
  expect(spokenToken(token, t)).toBe('␣is 90.0 %; otherwise ␣was 6.0 %, ␣be 3.0 %');
});

test('settings that have no part are not told', () => {
  expect(settingsText({ settings: usualSettings }, t)).toBe('greedy, at most 128 tokens');
  const settings = { ...usualSettings, isSampled: true, topK: 0, topP: 1, seed: 3 };
  expect(settingsText({ settings }, t)).toBe('temperature 0.8, seed 3, at most 128 tokens');
});
