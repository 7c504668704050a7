// How far a judging is, from what the command line tells line by line. Free of VS Code.
import type { Translate } from '../../shared/translate';

/** What to show, and the share of the file that is done; undefined for a line that tells nothing of it. */
export function judgingProgress(
  line: string,
  t: Translate,
): { text: string; share: number } | undefined {
  const told = parse(line);
  if (told === undefined) return undefined;
  const { done, total, details } = told;
  const text = [t('{0} of {1} answers', done, total), ...details].join(' · ');
  return { text, share: total === 0 ? 1 : done / total };
}

interface Told {
  done: number;
  total: number;
  details: string[];
}

function parse(line: string): Told | undefined {
  try {
    const { done, total, details } = JSON.parse(line) as Record<string, unknown>;
    const texts = Array.isArray(details) ? details.filter((one) => typeof one === 'string') : [];
    return typeof done === 'number' && typeof total === 'number'
      ? { done, total, details: texts }
      : undefined;
  } catch {
    return undefined;
  }
}
