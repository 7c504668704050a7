// Figures from result lines: means, counts, interval; what is not judged is in no mean.
import { describe, expect, test } from 'vitest';
import { judgedScores, judgesOf } from '../../../extension/shared/judgedScores';
import {
  currentAnswers,
  currentJudgements,
} from '../../../extension/shared/judging/conversationLines';
import { answerLine, asText, judgement } from './lines';

const answers = [0, 1, 2].flatMap((index) =>
  [1, 2].map((turn) => answerLine({ index, turn, category: index === 1 ? 'math' : 'writing' })),
);

test('means by turn and category, and overall', () => {
  const scores = judgedScores(answers, [
    judgement(0, 1, 8),
    judgement(0, 2, 6),
    judgement(1, 1, 3),
    judgement(1, 2, 1),
    judgement(2, 1, 10),
    judgement(2, 2, 7.5),
  ]);
  expect(scores).toMatchObject({ judged: 6, notJudged: 0 });
  expect(scores.score).toBeCloseTo(35.5 / 6);
  expect(scores.turns).toEqual([
    { turn: 1, judged: 3, notJudged: 0, score: 7 },
    { turn: 2, judged: 3, notJudged: 0, score: 14.5 / 3 },
  ]);
  expect(scores.categories).toEqual([
    { category: 'writing', judged: 4, notJudged: 0, score: 31.5 / 4 },
    { category: 'math', judged: 2, notJudged: 0, score: 2 },
  ]);
});

test('the interval draws whole conversations: with 2 and 8 it spans all of them', () => {
  const scores = judgedScores(answers.slice(0, 4), [
    ...[judgement(0, 1, 2), judgement(0, 2, 2)],
    ...[judgement(1, 1, 8), judgement(1, 2, 8)],
  ]);
  expect(scores.interval).toEqual({ low: 2, high: 8 });
});

test('equal scores leave no doubt', () => {
  const all = answers.map(({ index, turn }) => judgement(index, turn, 5));
  expect(judgedScores(answers, all).interval).toEqual({ low: 5, high: 5 });
});

describe('not judged', () => {
  test('is counted and in no mean', () => {
    const scores = judgedScores(answers, [judgement(0, 1, 9), judgement(0, 2, null)]);
    expect(scores).toMatchObject({ judged: 1, notJudged: 5, score: 9 });
    expect(scores.turns[1]).toEqual({ turn: 2, judged: 0, notJudged: 3, score: null });
  });

  test('without any judgement there is no score and no interval', () => {
    expect(judgedScores(answers, [])).toMatchObject({
      ...{ judged: 0, notJudged: 6, score: null, interval: null },
    });
  });

  test('a judgement of another answer counts for nothing', () => {
    const other = judgement(0, 1, 9, { answerHash: 'of an answer that is gone' });
    expect(judgedScores(answers, [other]).judged).toBe(0);
  });
});

describe('lines of answers', () => {
  test('those of the model that answered last, the last of each turn, in order', () => {
    const text = asText([
      answerLine({ model: 'old' }),
      answerLine({ index: 1 }),
      answerLine({ index: 0, turn: 2 }),
      answerLine({ text: 'first' }),
      answerLine({ text: 'second' }),
    ]);
    const found = currentAnswers(text);
    expect(found.map(({ index, turn }) => [index, turn])).toEqual([
      ...[
        [0, 1],
        [0, 2],
        [1, 1],
      ],
    ]);
    expect(found[0]?.text).toBe('second');
    expect(currentAnswers(text, 'old')).toHaveLength(1);
  });

  test('unfinished and foreign lines are passed over', () => {
    const line = JSON.stringify(answerLine());
    const text = `${line.slice(0, 40)}\n[]\nnull\n{"index":0}\n${line}\n${line.slice(0, 10)}`;
    expect(currentAnswers(text)).toHaveLength(1);
  });
});

describe('lines of judgements', () => {
  test('the last of each judge and answer', () => {
    const text = asText([
      judgement(0, 1, null),
      judgement(0, 1, 4, { judge: 'judge-b' }),
      judgement(0, 1, 7),
    ]);
    const found = currentJudgements(text);
    expect(found.map(({ judge, score }) => [judge, score])).toEqual([
      ...[
        ['judge-b', 4],
        ['judge-a', 7],
      ],
    ]);
    expect(judgesOf(found)).toEqual(['judge-a', 'judge-b']);
  });

  test('a score out of range, or of another wording of the prompt, is none', () => {
    const text = asText([
      judgement(0, 1, 11),
      judgement(0, 2, 0),
      judgement(1, 1, 5, { wording: 0 }),
    ]);
    expect(currentJudgements(text)).toEqual([]);
  });
});
