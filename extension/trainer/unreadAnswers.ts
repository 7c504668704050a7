// Whether a task's pattern finds nothing in what the model writes: then its accuracy says nothing about the model.
import type { Progress } from '../evaluation/evaluate';
import type { GenerationTask } from '../evaluation/task';
import type { NewRunEvent } from '../shared/run';

/** So many outputs without an answer are no accident. */
const answersWaitedFor = 50;
/** A task may have fewer questions than that, but not so few that chance could do it. */
const fewestAnswers = 10;

export class UnreadAnswers {
  private hasWarned = false;

  constructor(
    private readonly task: GenerationTask,
    private readonly step: number,
  ) {}

  /** A warning, once, when no answer was found in enough outputs. */
  see({ done, questions, extracted }: Progress): NewRunEvent | undefined {
    const enough = Math.max(fewestAnswers, Math.min(questions, answersWaitedFor));
    if (this.hasWarned || extracted > 0 || done < enough) return undefined;
    this.hasWarned = true;
    const { name } = this.task;
    const message =
      `No answer was found in the first ${done} outputs for ${name}: ${soughtBy(this.task)} none of ` +
      'them. See what the model writes in the results, and check the task, the template and the training data.';
    return {
      ...{ type: 'warning', code: 'answers-not-extracted', message, step: this.step },
      data: { task: name },
    };
  }
}

function soughtBy({ extraction }: GenerationTask): string {
  if (typeof extraction === 'object') return `its pattern /${shorten(extraction.pattern)}/ matches`;
  return extraction === 'number' ? 'there is a number in' : 'there is any text in';
}

function shorten(pattern: string): string {
  return pattern.length > 60 ? `${pattern.slice(0, 57)}...` : pattern;
}
