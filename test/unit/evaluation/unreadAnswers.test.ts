import { describe, expect, test } from 'vitest';
import { UnreadAnswers } from '../../../extension/evaluation/unreadAnswers';
import { parseTaskFile } from '../../../extension/shared/taskText';

const settings = parseTaskFile('{"template": "paper", "pattern": "answer[1-4]"}', 'quiz/task.json');
if (settings.protocol !== 'generation') throw new Error('a pattern is of a generation task');
const task = { name: 'quiz', ...settings };

/** Numbers of outputs at which a warning came, 10 at a time. */
function warnedAt(questions: number, extractedFrom = Infinity): number[] {
  const unread = new UnreadAnswers(task);
  const told: number[] = [];
  for (let done = 0; done <= questions; done += 10) {
    const extracted = Math.max(0, done - extractedFrom);
    if (unread.see({ done, questions, correct: 0, extracted }) !== undefined) told.push(done);
  }
  return told;
}

describe('answers that cannot be read', () => {
  test('are told once, after fifty outputs', () => {
    expect(warnedAt(200)).toEqual([50]);
  });

  test('are told at the end of a shorter task, but not of a tiny one', () => {
    expect(warnedAt(20)).toEqual([20]);
    const unread = new UnreadAnswers(task);
    expect(unread.see({ done: 6, questions: 6, correct: 0, extracted: 0 })).toBe(undefined);
  });

  test('are no matter when one of the first could be read', () => {
    expect(warnedAt(200, 40)).toEqual([]);
  });

  test('the warning names the task and its pattern', () => {
    const warning = new UnreadAnswers(task).see({
      ...{ done: 50, questions: 60, correct: 0, extracted: 0 },
    });
    expect(warning).toMatch(
      /first 50 outputs for quiz: its pattern \/answer\[1-4\]\/ matches none/,
    );
  });
});
