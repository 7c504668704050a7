// Whether a model gives nearly one answer to whatever it is asked: then its accuracy is how often that answer is right.
import type { Prediction } from '../shared/prediction';
import type { TaskResult } from './evaluate';

export interface AlikeAnswers {
  answer: string;
  count: number;
}

const fewestQuestions = 20;
/** Of the questions: so many answers alike are no accident... */
const alike = 0.95;
/** ...unless they are what was to be said. */
const mostlyRight = 0.9;

/** Undefined where answers differ, or are alike because they are right. */
export function alikeAnswers(
  predictions: readonly Pick<Prediction, 'extracted' | 'correct'>[],
): AlikeAnswers | undefined {
  const n = predictions.length;
  const right = predictions.filter(({ correct }) => correct).length;
  if (n < fewestQuestions || right >= mostlyRight * n) return undefined;
  const counts = new Map<string, number>();
  for (const { extracted } of predictions) {
    if (extracted !== '') counts.set(extracted, (counts.get(extracted) ?? 0) + 1);
  }
  const [commonest] = [...counts].sort(([, a], [, b]) => b - a);
  if (commonest === undefined || commonest[1] < alike * n) return undefined;
  return { answer: commonest[0], count: commonest[1] };
}

/** Undefined where answers are not alike. */
export function alikeAnswersText(result: TaskResult): string | undefined {
  if (!('alike' in result) || result.alike === undefined) return undefined;
  const { task, n } = result;
  const { answer, count } = result.alike;
  const shown = JSON.stringify(answer.length > 40 ? `${answer.slice(0, 37)}...` : answer);
  return (
    `${count} of ${n} answers to ${task} are ${shown}: the accuracy tells how often that is right, ` +
    'not what the model knows of the questions. More steps or another learning rate may help.'
  );
}
