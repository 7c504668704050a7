// Has a judge grade the answers of one task, and tells how far it is.
import { judgeAnswers } from '../evaluation/judge/judgeAnswers';
import type { AnswerLine } from '../shared/judging/conversationLines';
import { judgedScores, type JudgedScores } from '../shared/judgedScores';
import type { OpenedJudge } from './judgeOptions';
import type { Progress } from './progress';
import { duration } from './wording';

export interface JudgedResult extends JudgedScores {
  protocol: 'judged';
  task: string;
  /** Answers: turns of all conversations. */
  n: number;
  /** Name of the judge's model; null where none was asked. */
  judge: string | null;
  seconds: number;
}

export interface JudgedTaskAnswers {
  task: string;
  answers: readonly AnswerLine[];
  /** File of the judgements. */
  judgements: string;
}

/** The caller holds the lock of the results. `problem`: why some answers could not be judged. */
export async function judgeTask(
  { judge, concurrency }: OpenedJudge,
  { task, answers, judgements: file }: JudgedTaskAnswers,
  { again = false, progress }: { again?: boolean; progress: Progress },
): Promise<{ result: JudgedResult; problem?: string }> {
  const startMs = performance.now();
  let first: number | undefined;
  const { judgements, problem } = await judgeAnswers(answers, judge, {
    ...{ file, concurrency, again, signal: new AbortController().signal },
    onProgress: ({ done, answers: total, notJudged }) => {
      first ??= done;
      const seconds = (performance.now() - startMs) / 1000;
      const left = done === first ? undefined : (seconds * (total - done)) / (done - first);
      progress.update(`judging ${task}`, { done, total }, [
        ...(notJudged === 0 ? [] : [`${notJudged} not judged`]),
        ...(left === undefined || done === total ? [] : [`${duration(left)} left`]),
      ]);
    },
  });
  const seconds = (performance.now() - startMs) / 1000;
  const scores = judgedScores(answers, judgements);
  const result = { task, judge: judge.name, n: answers.length, ...scores, seconds };
  return { result: { protocol: 'judged', ...result }, ...(problem !== undefined && { problem }) };
}

/** Answers that wait for a judge. */
export function notJudged(task: string, answers: readonly AnswerLine[]): JudgedResult {
  const scores = judgedScores(answers, []);
  return { protocol: 'judged', task, judge: null, n: answers.length, ...scores, seconds: 0 };
}
