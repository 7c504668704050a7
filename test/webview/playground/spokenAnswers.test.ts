import { expect, test } from 'vitest';
import { waitingAnswer } from '../../../extension/shared/answers';
import type { Answer } from '../../../extension/shared/pages/playgroundPage';
import { newsOf } from '../../../webview/playground/spokenAnswers';
import { t } from '../../unit/host/runView';

const turn = (answers: Record<string, Answer>) => ({ prompt: 'one', answers });
const written = (state: Answer['state'], text: string): Answer => ({
  ...{ ...waitingAnswer, state },
  tokens: [{ text, name: text, probability: 1, alternatives: [] }],
});
const news = (...[before, now]: Record<string, Answer>[]): string[] =>
  newsOf(before && turn(before), now && turn(now), (id) => id.toUpperCase(), t);

test('an answer is read out once, when it has ended', () => {
  const open = { a: written('writing', 'Yes'), b: waitingAnswer };
  const later = { a: written('writing', 'Yes.'), b: waitingAnswer };
  expect(news(open, later)).toEqual([]);
  const ended = { ...later, a: written('ended', 'Yes.') };
  expect(news(later, ended)).toEqual(['A: Yes.']);
  expect(news(ended, { ...ended, b: written('writing', 'No') })).toEqual([]);
});

test('one that failed says why, one without words that there are none, a long one its beginning', () => {
  const open = { a: waitingAnswer, b: waitingAnswer, c: waitingAnswer };
  const failed = { ...waitingAnswer, state: 'failed' as const, problem: 'No memory.' };
  const long = written('ended', 'word '.repeat(200));
  const [a, b, c] = news(open, { a: failed, b: { ...waitingAnswer, state: 'ended' }, c: long });
  expect([a, b]).toEqual(['A: No memory.', 'B: nothing was written']);
  expect(c?.length).toBeLessThan(420);
});

test('what is there when the page opens is no news', () => {
  expect(news({}, { a: written('ended', 'Yes.') })).toEqual([]);
});
