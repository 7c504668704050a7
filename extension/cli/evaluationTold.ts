// How far a task is: questions, what is right of them so far, questions a second, and the time that is left.
import type { Progress as Asked } from '../evaluation/evaluate';
import { percent } from '../shared/amounts';
import type { Progress } from './progress';
import { duration, rate } from './wording';

export class EvaluationTold {
  private readonly startMs = performance.now();
  private first: number | undefined;

  constructor(
    private readonly task: string,
    private readonly progress: Progress,
  ) {}

  tell({ done, questions: total, correct, isUnscored, nats, tokens }: Asked): void {
    // Questions answered by an earlier evaluation took no time of this one.
    this.first ??= done;
    const seconds = (performance.now() - this.startMs) / 1000;
    const perSecond = (done - this.first) / seconds;
    const figure =
      nats === undefined || tokens === undefined
        ? `${percent(correct / done)} correct`
        : `${(nats / tokens).toFixed(3)} nats a token`;
    this.progress.update(this.task, { done, total }, [
      ...(done === 0 || isUnscored === true ? [] : [figure]),
      ...(perSecond > 0 ? [speed(perSecond)] : []),
      ...(perSecond > 0 && done < total ? [`${duration((total - done) / perSecond)} left`] : []),
    ]);
  }
}

/** Below one in ten seconds, the time of each: a rate would have no figure left. */
function speed(perSecond: number): string {
  if (perSecond < 0.1) return `${duration(1 / perSecond)} each`;
  return `${perSecond < 10 ? perSecond.toFixed(1) : rate(perSecond)}/s`;
}
