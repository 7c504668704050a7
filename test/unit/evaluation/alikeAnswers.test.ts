import { expect, test } from 'vitest';
import { alikeAnswers, alikeAnswersText } from '../../../extension/evaluation/alikeAnswers';

function predictions(answers: readonly string[], right: (place: number) => boolean) {
  return answers.map((extracted, place) => ({ extracted, correct: right(place) }));
}
const judged = {
  ...({ protocol: 'generation', task: 'boolq', n: 100, correct: 48, accuracy: 48 } as const),
  ...{ interval: { low: 38, high: 58 }, seconds: 1, beyondContext: 0 },
};
const same = (count: number): string[] => new Array<string>(count).fill('true');

test('one answer to nearly all questions is told with its count', () => {
  const found = alikeAnswers(
    predictions([...same(96), 'a', 'b', 'c', 'd'], (place) => place % 2 === 0),
  );
  expect(found).toEqual({ answer: 'true', count: 96 });
  expect(alikeAnswersText({ ...judged, alike: found })).toMatch(
    /^96 of 100 answers to boolq are "true": /,
  );
});

test('answers that differ, are right, are few, or were not found are no matter', () => {
  const half = (place: number): boolean => place % 2 === 0;
  expect(alikeAnswers(predictions([...same(94), 'a', 'b', 'c', 'd', 'e', 'f'], half))).toBe(
    undefined,
  );
  expect(alikeAnswers(predictions(same(100), (place) => place < 90))).toBe(undefined);
  expect(alikeAnswers(predictions(same(19), half))).toBe(undefined);
  expect(alikeAnswers(predictions(new Array<string>(100).fill(''), () => false))).toBe(undefined);
});
