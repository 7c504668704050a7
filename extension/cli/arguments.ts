// Values of options, read from text and refused in one sentence.
import { Failure } from '../shared/failures';

export function wholeNumber(option: string, lowest: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= lowest && Number.isSafeInteger(value)) return value;
    const problem = `must be a whole number, ${lowest} or more`;
    throw new Failure('argument-invalid', { argument: option, value: text, problem });
  };
}

export const threadsOption = [
  '--threads <n>',
  'processor threads; 0 is all',
  wholeNumber('--threads', 0),
  0,
] as const;

export function oneOf<Choice extends string>(
  option: string,
  choices: readonly Choice[],
): (text: string) => Choice {
  return (text) => {
    const choice = choices.find((one) => one === text);
    if (choice !== undefined) return choice;
    const last = choices.at(-1) ?? '';
    const problem = `must be ${choices.slice(0, -1).join(', ')} or ${last}`;
    throw new Failure('argument-invalid', { argument: option, value: text, problem });
  };
}

/** Options that may be given several times. */
export function collect(text: string, before: string[] = []): string[] {
  return [...before, text];
}

/** `name=value`, several times. */
export function collectPairs(option: string) {
  return (text: string, before: Record<string, string> = {}): Record<string, string> => {
    const equals = text.indexOf('=');
    if (equals > 0) return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) };
    const problem = 'must be name=value';
    throw new Failure('argument-invalid', { argument: option, value: text, problem });
  };
}

/** `a,b, c` */
export function commaList(option: string): (text: string) => string[] {
  return (text) => {
    const parts = text.split(',').map((part) => part.trim());
    if (parts.every((part) => part !== '')) return [...new Set(parts)];
    const problem = 'must be names with commas between them';
    throw new Failure('argument-invalid', { argument: option, value: text, problem });
  };
}
