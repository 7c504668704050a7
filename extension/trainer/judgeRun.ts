// The judge of a run: grades what a judged task was answered. One that cannot be reached is a warning; the answers stay
// and can be judged later.
import { JudgeEndpoint } from '../evaluation/judge/endpoint';
import type { AnswersResult } from '../evaluation/judge/answerTurns';
import { judgeAnswers, type Judged } from '../evaluation/judge/judgeAnswers';
import { judgeKeyOf } from '../evaluation/judge/judgeKey';
import type { ExperimentSettings } from '../shared/experiment';
import { isFailure } from '../shared/failures';
import { judgedScores } from '../shared/judgedScores';
import type { NewRunEvent } from '../shared/run';

type JudgeSettings = ExperimentSettings['evaluation']['judge'];

export interface RunJudging {
  judge: JudgeSettings;
  step: number;
  /** File of the judgements. */
  file: string;
  onProgress: (text: string) => void;
  signal: AbortSignal;
}

/** As a run waits for them: an endpoint that is down must not hold it up for long. */
const judgeTries = 4;
const judgeTimeoutMs = 120_000;
const requestsAtATime = 4;

/** The figure, and a warning where answers were not judged. */
export async function judgeRun(
  answered: AnswersResult,
  judging: RunJudging,
): Promise<NewRunEvent[]> {
  const start = performance.now();
  const { task, answers } = answered;
  const { judge, step } = judging;
  const { judgements, problem } = await judgementsOf(answered, judging);
  const seconds = answered.seconds + (performance.now() - start) / 1000;
  const scores = judgedScores(answers, judgements);
  const figure: NewRunEvent = {
    ...{ type: 'judged', step, task, judge: judge?.model ?? null, n: answers.length },
    ...scores,
    seconds,
  };
  if (problem === undefined) return [figure];
  const message = `${scores.notJudged} of ${answers.length} answers to ${task} are not judged: ${problem} They are kept: judge them with adapter-lab judge, or with Judge Answers in the editor.`;
  return [figure, { type: 'warning', code: 'answers-not-judged', message, step, data: { task } }];
}

async function judgementsOf(
  { task, answers }: AnswersResult,
  judging: RunJudging,
): Promise<Judged> {
  const { judge, file, onProgress, signal } = judging;
  if (judge === undefined) {
    const problem = 'the experiment names no judge ("evaluation.judge").';
    return { judgements: [], problem };
  }
  try {
    const key = judgeKeyOf(process.env);
    const endpoint = new JudgeEndpoint({
      ...judge,
      ...{ tries: judgeTries, timeoutMs: judgeTimeoutMs },
      ...(key !== undefined && { key }),
    });
    return await judgeAnswers(answers, endpoint, {
      ...{ file, concurrency: requestsAtATime, signal },
      onProgress: ({ done, answers: all }) => {
        onProgress(`judging ${task}: ${done} of ${all} answers`);
      },
    });
  } catch (error) {
    // A key that can be none, or a port that there is not: nothing of the run depends on it.
    if (!isFailure(error) || error.code !== 'judge-invalid') throw error;
    return { judgements: [], problem: error.message };
  }
}
