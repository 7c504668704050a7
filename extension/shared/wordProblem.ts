// Which tasks measure what the Orca-Math figure measures: exact match of the last number on math word problems.
import type { TaskSettings } from './taskFile';

type Asked = Pick<TaskSettings, 'protocol'> & { metric?: unknown; reference?: unknown };

/** How a task that finds numbers may want them written. */
const numbers = ['42', '#### 42', 'The answer is 42', 'The answer is: 42', '\\boxed{42}'];
const words = 'The answer is (A), true, or none of them: option B.';

/**
 * The right answer is looked for in its column as in the output, as in a worked solution; what is found is a number;
 * and both must be the same text.
 */
export function isExactMatchMath(task: Asked & { extraction?: unknown }): boolean {
  const { protocol, metric, reference, extraction } = task;
  if (protocol !== 'generation' || metric !== 'exact' || reference !== 'extracted') return false;
  return extraction === 'number' || findsNumbersAlone(extraction);
}

function findsNumbersAlone(extraction: unknown): boolean {
  if (typeof extraction !== 'object' || extraction === null) return false;
  const { pattern, group = 0 } = extraction as { pattern?: unknown; group?: unknown };
  try {
    const found = (text: string): string =>
      new RegExp(String(pattern), 'u').exec(text)?.[Number(group)] ?? '';
    return numbers.some((text) => /^\P{L}*42\P{L}*$/u.test(found(text))) && found(words) === '';
  } catch {
    return false;
  }
}
