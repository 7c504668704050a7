// How far an evaluation is, from what the command line tells line by line. Free of VS Code.
import { durationText } from '../../shared/timeText';
import type { Translate } from '../../shared/translate';

interface Told {
  task: string;
  done: number;
  total: number;
}

export class EvaluationProgress {
  private task = '';
  private tasksDone = 0;
  /** Where the task was when it was first heard of: questions answered before took no time of this one. */
  private first = { done: 0, ms: 0 };

  constructor(
    private readonly tasks: number,
    private readonly t: Translate,
  ) {}

  /** What to show, and the share of the whole that is done; undefined for a line that tells nothing of it. */
  take(line: string, nowMs: number): { text: string; share: number } | undefined {
    const told = parseLine(line);
    if (told === undefined) return undefined;
    const { task, done, total } = told;
    if (task !== this.task) {
      if (this.task !== '') this.tasksDone += 1;
      this.task = task;
      this.first = { done, ms: nowMs };
    }
    const seconds = (nowMs - this.first.ms) / 1000;
    const rate = seconds > 0 ? (done - this.first.done) / seconds : 0;
    const ofTask = total === 0 ? 1 : done / total;
    return { text: this.text(told, rate), share: (this.tasksDone + ofTask) / this.tasks };
  }

  private text({ task, done, total }: Told, rate: number): string {
    const { t } = this;
    const parts = [t('{0}: {1} of {2} questions', task, done, total)];
    if (rate > 0 && done < total) {
      parts.push(t('{0} a second', rate < 10 ? rate.toFixed(1) : rate.toFixed(0)));
      parts.push(t('{0} left', durationText((total - done) / rate, t)));
    }
    return parts.join(' · ');
  }
}

function parseLine(line: string): Told | undefined {
  try {
    const { label, done, total } = JSON.parse(line) as Record<string, unknown>;
    const isTold =
      typeof label === 'string' && typeof done === 'number' && typeof total === 'number';
    return isTold ? { task: label, done, total } : undefined;
  } catch {
    return undefined;
  }
}
