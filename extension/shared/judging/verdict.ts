// The score in what a judge wrote. Only the form that the prompt asks for counts, and only 1 to 10: anything else
// is no score, however much it looks like one.

export const lowestScore = 1;
export const highestScore = 10;

export type VerdictProblem =
  /** Nothing was written, or the judge was still thinking when it ended. */
  | 'empty'
  /** No number in double square brackets. */
  | 'no-score'
  /** A number in the right form, but not from 1 to 10. */
  | 'out-of-range'
  /** Several different scores, and the last line does not settle it. */
  | 'ambiguous';

export type Verdict = { score: number } | { problem: VerdictProblem };

/** `[[7]]` or `[[7.5]]`; white space and the emphasis of Markdown within are forgiven. */
const scoreForm = /\[\[[\s*_`]*([-+]?\d+(?:\.\d+)?)[\s*_`]*\]\]/g;
/** What a reasoning model thinks aloud is not its verdict. */
const thoughts = /<(think|thinking)>[\s\S]*?(?:<\/\1>|$)/g;

export function readVerdict(reply: string): Verdict {
  const said = reply.replace(thoughts, '').trim();
  if (said === '') return { problem: 'empty' };
  const all = scoresIn(said);
  if (all.length === 0) return { problem: 'no-score' };
  const [score, ...others] = all.length === 1 ? all : scoresIn(lastLine(said));
  // A judge may quote an answer that holds a score: then its own last line decides.
  if (score === undefined || others.length > 0) return { problem: 'ambiguous' };
  return score >= lowestScore && score <= highestScore ? { score } : { problem: 'out-of-range' };
}

/** Different ones, in order. */
function scoresIn(text: string): number[] {
  return [...new Set([...text.matchAll(scoreForm)].map(([, digits]) => Number(digits)))];
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1);
}
