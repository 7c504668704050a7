// Judging the answers of a file: nothing twice, nonsense asked again, failures that leave no line.
import { readFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Judge } from '../../../extension/evaluation/judge/judge';
import {
  judgeAnswers,
  type Judged,
  type JudgingSettings,
} from '../../../extension/evaluation/judge/judgeAnswers';
import { Failure } from '../../../extension/shared/failures';
import { currentJudgements } from '../../../extension/shared/judging/conversationLines';
import type { ChatTurn } from '../../../extension/shared/judging/judgePrompt';
import { emptyFolder } from '../model/modelFixture';
import { answerLine } from './lines';

const answers = [0, 1].flatMap((index) => [1, 2].map((turn) => answerLine({ index, turn })));
let file: string;

beforeEach(() => {
  file = join(emptyFolder(), 'judgements', 'chat.jsonl');
});

interface Asked {
  judged: Judged;
  asked: string[];
}

/** `reply`: to the n-th question, from 1; an Error is thrown. */
async function judge(
  reply: (n: number, messages: readonly ChatTurn[]) => string | Error,
  changes: Partial<JudgingSettings> & { name?: string } = {},
): Promise<Asked> {
  const asked: string[] = [];
  const { name = 'judge-a', ...settings } = changes;
  const one: Judge = {
    name,
    ask: (messages) => {
      asked.push(messages.at(-1)?.content ?? '');
      const text = reply(asked.length, messages);
      return text instanceof Error ? Promise.reject(text) : Promise.resolve({ text });
    },
  };
  const { signal } = new AbortController();
  const judged = await judgeAnswers(answers, one, { file, concurrency: 1, signal, ...settings });
  return { judged, asked };
}

const unreachable = (): Failure =>
  new Failure('judge-unreachable', { judge: 'judge-a', problem: 'nothing listens there' });

test('every answer once, its turn with the ones before it, and the text is kept', async () => {
  const { judged, asked } = await judge((n) => `Reason ${n}.\n[[${n}]]`);
  expect(asked).toHaveLength(4);
  expect(asked[1]).toContain('Answer 0.1');
  expect(asked[1]).toContain('Answer 0.2');
  expect(asked[0]).not.toContain('Answer 0.2');
  expect(asked[2]).not.toContain('Answer 0.1');
  expect(judged.problem).toBeUndefined();
  const lines = currentJudgements(readFileSync(file, 'utf8'));
  expect(lines.map(({ index, turn, score, text }) => [index, turn, score, text])).toEqual([
    [0, 1, 1, 'Reason 1.\n[[1]]'],
    [0, 2, 2, 'Reason 2.\n[[2]]'],
    [1, 1, 3, 'Reason 3.\n[[3]]'],
    [1, 2, 4, 'Reason 4.\n[[4]]'],
  ]);
});

describe('a second time', () => {
  test('nothing is asked, and an unfinished line does no harm', async () => {
    await judge(() => '[[5]]');
    expect((await judge(() => '[[1]]')).asked).toEqual([]);
    const lines = readFileSync(file, 'utf8').split('\n');
    appendFileSync(file, lines[0]?.slice(0, 30) ?? '');
    expect((await judge(() => '[[1]]')).asked).toEqual([]);
    const { asked } = await judge(() => '[[2]]', { name: 'judge-b' });
    expect(asked).toHaveLength(4);
    expect(currentJudgements(readFileSync(file, 'utf8'))).toHaveLength(8);
  });

  test('another answer or another earlier turn is asked about', async () => {
    await judge(() => '[[5]]');
    const before = answers[0];
    answers[0] = answerLine({ index: 0, turn: 1, text: 'New', answerHash: 'new' });
    const { asked } = await judge(() => '[[5]]');
    if (before !== undefined) answers[0] = before;
    expect(asked).toHaveLength(2);
  });
});

describe('nonsense', () => {
  test('is asked again with what was said, and a score then counts', async () => {
    const { judged, asked } = await judge((n) => (n === 1 ? 'Seven.' : '[[7]]'));
    expect(asked).toHaveLength(5);
    expect(asked[1]).toContain('did not end with a grade');
    expect(judged.judgements[0]).toMatchObject({ score: 7, tries: 2, text: '[[7]]' });
  });

  test('is kept as not judged in the end, never as a score', async () => {
    const { judged, asked } = await judge(() => 'Excellent! [[11]]');
    expect(asked).toHaveLength(12);
    expect(judged.problem).toBeUndefined();
    expect(judged.judgements).toHaveLength(4);
    for (const line of judged.judgements) {
      expect(line).toMatchObject({ score: null, problem: 'out-of-range', tries: 3 });
      expect(line.text).toBe('Excellent! [[11]]');
    }
    expect((await judge(() => '[[5]]')).asked).toEqual([]);
  });

  test('is asked once more when the user wants it', async () => {
    await judge(() => 'Hm.');
    const { judged, asked } = await judge(() => '[[6]]', { again: true });
    expect(asked).toHaveLength(4);
    expect(judged.judgements.map(({ score }) => score)).toEqual([6, 6, 6, 6]);
    expect((await judge(() => '[[1]]', { again: true })).asked).toEqual([]);
  });
});

describe('a judge that cannot be asked', () => {
  test('leaves no line, and after three in a row no more are tried', async () => {
    const { judged, asked } = await judge(unreachable);
    expect(asked).toHaveLength(3);
    expect(judged.judgements).toEqual([]);
    expect(judged.problem).toContain('cannot be reached: nothing listens there');
    expect(readFileSync(file, 'utf8')).toBe('');
    expect((await judge(() => '[[5]]')).asked).toHaveLength(4);
  });

  test('now and then does not end the rest', async () => {
    const { judged } = await judge((n) => (n % 2 === 1 ? unreachable() : '[[5]]'));
    expect(judged.judgements).toHaveLength(2);
    expect(judged.problem).toContain('cannot be reached');
  });

  test('and says no for good is asked once', async () => {
    const refused = new Failure('judge-refused', { judge: 'judge-a', problem: 'no key' });
    expect((await judge(() => refused)).asked).toHaveLength(1);
  });

  test('for another reason is an error', async () => {
    await expect(judge(() => new Error('a bug'))).rejects.toThrow('a bug');
  });
});

test('cancelled: what was judged stays, nothing more is asked', async () => {
  const cancel = new AbortController();
  const judging = judge(
    (n) => {
      if (n === 2) cancel.abort(new Error('cancelled'));
      return '[[5]]';
    },
    { signal: cancel.signal },
  );
  await expect(judging).rejects.toThrow('cancelled');
  expect(currentJudgements(readFileSync(file, 'utf8'))).toHaveLength(2);
  expect((await judge(() => '[[5]]')).asked).toHaveLength(2);
});

test('so many at a time as allowed', async () => {
  let underWay = 0;
  let most = 0;
  const one: Judge = {
    name: 'judge-a',
    ask: async () => {
      most = Math.max(most, (underWay += 1));
      await new Promise((resolve) => setTimeout(resolve, 10));
      underWay -= 1;
      return { text: '[[5]]' };
    },
  };
  const { signal } = new AbortController();
  const { judgements } = await judgeAnswers(answers, one, { file, concurrency: 3, signal });
  expect(judgements).toHaveLength(4);
  expect(most).toBe(3);
});
