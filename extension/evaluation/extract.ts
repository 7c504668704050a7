// Finds the answer in what a model wrote.
import type { Extraction, PatternExtraction } from '../shared/taskFile';

/** Empty if there is none. */
export function extract(extraction: Extraction, text: string): string {
  switch (extraction) {
    case 'whole':
      return text.trim();
    case 'number':
      return lastNumber(text);
    default:
      return matchOf(extraction, text);
  }
}

/** As the LLM-Adapters scripts read it: commas deleted, the last of -?\d+\.?\d* with Python's idea of a digit. */
function lastNumber(text: string): string {
  const numbers = text.replaceAll(',', '').match(/-?\p{Nd}+\.?\p{Nd}*/gu);
  return numbers?.at(-1) ?? '';
}

function matchOf({ pattern, take, ignoreCase, group }: PatternExtraction, text: string): string {
  const matches = text.matchAll(new RegExp(pattern, ignoreCase ? 'giu' : 'gu'));
  let found = '';
  for (const match of matches) {
    found = match[group] ?? '';
    // A pattern may match nothing at all before it matches something.
    if (take === 'first' && found !== '') break;
  }
  return found;
}
