// Whether a task's pattern finds nothing in what the model writes: then its accuracy says nothing about the model.
import type { Progress } from './evaluate';
import type { GenerationTask } from './task';

/** So many outputs without an answer are no accident. */
const answersWaitedFor = 50;
/** A task may have fewer questions than that, but not so few that chance could do it. */
const fewestAnswers = 10;

export class UnreadAnswers {
  private hasWarned = false;

  constructor(private readonly task: GenerationTask) {}

  /** What to warn of, once, when no answer was found in enough outputs. */
  see({ done, questions, extracted }: Progress): string | undefined {
    const enough = Math.max(fewestAnswers, Math.min(questions, answersWaitedFor));
    if (this.hasWarned || extracted > 0 || done < enough) return undefined;
    this.hasWarned = true;
    return (
      `No answer was found in the first ${done} outputs for ${this.task.name}: ${soughtBy(this.task)} none of ` +
      'them. See what the model writes in the results, and check the task, the template and the training data.'
    );
  }
}

function soughtBy({ extraction }: GenerationTask): string {
  if (typeof extraction === 'object') return `its pattern /${shorten(extraction.pattern)}/ matches`;
  return extraction === 'number' ? 'there is a number in' : 'there is any text in';
}

function shorten(pattern: string): string {
  return pattern.length > 60 ? `${pattern.slice(0, 57)}...` : pattern;
}
