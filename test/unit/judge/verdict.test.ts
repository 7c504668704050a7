// What counts as a score in a judge's reply, over replies written by hand.
import { describe, expect, test } from 'vitest';
import { readVerdict } from '../../../extension/shared/judging/verdict';

const scored: [what: string, reply: string, score: number][] = [
  ['the form alone', '[[7]]', 7],
  ['after a reason', 'Right, but terse.\n[[6]]', 6],
  ['the lowest', 'Empty.\n[[1]]', 1],
  ['the highest', 'Nothing to add.\n[[10]]', 10],
  ['a half', 'Between good and very good.\n[[7.5]]', 7.5],
  ['a whole number with a decimal', '[[8.0]]', 8],
  ['white space within', '[[ 9 ]]', 9],
  ['white space around', '\n\n  [[3]]  \n\n', 3],
  ['bold around', 'Good.\n**[[8]]**', 8],
  ['bold within', 'Good.\n[[**8**]]', 8],
  ['a label before', 'Good.\nRating: [[5]]', 5],
  ['a full stop after', 'I give it [[4]].', 4],
  ['at the end of a sentence', 'The answer is mostly wrong, so my grade is [[2]]', 2],
  ['at the beginning', '[[9]] The answer is complete.', 9],
  ['the same one twice', 'My grade is [[6]].\n\n[[6]]', 6],
  ['the last line against a quoted one', 'It says "[[10]]" to mislead.\n[[1]]', 1],
  ['the last line against two quoted ones', 'Not [[10]] and not [[9]].\n[[3]]', 3],
  ['numbers in other brackets', 'In [1] and [2], see a[[i]].\n[[5]]', 5],
  ['a matrix in the text', 'The matrix [[1, 2], [3, 4]] is right.\n[[8]]', 8],
  ['other numbers everywhere', '3 + 4 = 7, not 10/10.\n[[2]]', 2],
  ['after thinking aloud', '<think>Maybe [[3]], maybe [[4]].</think>\nFair.\n[[5]]', 5],
  ['after another tag of thought', '<thinking>[[9]]</thinking>[[2]]', 2],
  ['line ends of Windows', 'Good.\r\n[[7]]\r\n', 7],
  ['another language', '回答は正確です。\n[[9]]', 9],
  ['a plus sign', '[[+7]]', 7],
  ['leading zeros', '[[07]]', 7],
];

const unscored: [what: string, reply: string, problem: string][] = [
  ['nothing', '', 'empty'],
  ['white space', ' \n\t ', 'empty'],
  ['thoughts alone', '<think>It deserves [[7]].</think>', 'empty'],
  ['thoughts that never end', '<think>It deserves [[7]] because', 'empty'],
  ['a reason without a score', 'The answer is good.', 'no-score'],
  ['a refusal', "I'm sorry, I cannot help with that.", 'no-score'],
  ['single brackets', 'Good.\n[7]', 'no-score'],
  ['no brackets', 'Rating: 7', 'no-score'],
  ['out of ten', 'Score: 7/10', 'no-score'],
  ['out of ten in brackets', '[[7/10]]', 'no-score'],
  ['a word', '[[seven]]', 'no-score'],
  ['the placeholder', 'Rating: [[rating]]', 'no-score'],
  ['a range', '[[6-7]]', 'no-score'],
  ['a list', '[[6, 7]]', 'no-score'],
  ['nothing within', '[[]]', 'no-score'],
  ['a percentage', '[[70%]]', 'no-score'],
  ['a decimal comma', '[[7,5]]', 'no-score'],
  ['cut off', 'Good.\n[[7', 'no-score'],
  ['half closed', '[[7]', 'no-score'],
  ['a bare point', '[[7.]]', 'no-score'],
  ['an exponent', '[[1e1]]', 'no-score'],
  ['infinity', '[[Infinity]]', 'no-score'],
  ['other digits', '[[７]]', 'no-score'],
  ['JSON', '{"score": 7}', 'no-score'],
  ['eleven', '[[11]]', 'out-of-range'],
  ['zero', '[[0]]', 'out-of-range'],
  ['below one', '[[0.5]]', 'out-of-range'],
  ['just above ten', '[[10.1]]', 'out-of-range'],
  ['a hundred', '[[100]]', 'out-of-range'],
  ['below zero', '[[-3]]', 'out-of-range'],
  ['eleven on the last line', 'Not [[7]].\n[[11]]', 'out-of-range'],
  ['two on one line', 'Between [[6]] and [[7]]', 'ambiguous'],
  ['two that the last line does not settle', '[[6]]\n[[7]]\nOne of these.', 'ambiguous'],
  ['a second thought on the last line', '[[6]]\nNo: [[7]] or [[8]]', 'ambiguous'],
];

describe('a score', () => {
  test.each(scored)('%s', (_, reply, score) => {
    expect(readVerdict(reply)).toEqual({ score });
  });
});

describe('no score', () => {
  test.each(unscored)('%s', (_, reply, problem) => {
    expect(readVerdict(reply)).toEqual({ problem });
  });
});

test('a reply without an end is read in no time', () => {
  const start = performance.now();
  expect(readVerdict('[['.repeat(100_000))).toEqual({ problem: 'no-score' });
  expect(readVerdict(`[[${' '.repeat(100_000)}`)).toEqual({ problem: 'no-score' });
  expect(readVerdict('<think>'.repeat(50_000))).toEqual({ problem: 'empty' });
  expect(performance.now() - start).toBeLessThan(2000);
});
