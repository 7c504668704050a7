// What is said of questions that do not fit the model's context: they are asked whole, never cut.
import type { TaskResult } from './evaluate';

const asked: Record<TaskResult['protocol'], [one: string, several: string]> = {
  generation: ['question', 'questions'],
  choice: ['question', 'questions'],
  judged: ['turn', 'turns'],
  perplexity: ['piece of text', 'pieces of text'],
};

/** Undefined when all fit. */
export function beyondContextText(
  result: Pick<TaskResult, 'task' | 'protocol' | 'beyondContext'>,
): string | undefined {
  const { task, protocol, beyondContext: count } = result;
  if (count === 0) return undefined;
  const [one, several] = asked[protocol];
  const what = count === 1 ? `1 ${one} of ${task} is` : `${count} ${several} of ${task} are`;
  const answer = count === 1 ? ', with its answer,' : ', with their answers,';
  const whole = count === 1 ? 'It was' : 'They were';
  const rest = "longer than the model's context.";
  return protocol === 'perplexity'
    ? `${what} ${rest} ${whole} measured whole; what lies beyond is often foretold poorly.`
    : `${what}${answer} ${rest} ${whole} asked whole; such answers are often poor.`;
}
