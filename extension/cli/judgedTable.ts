// Figures of judged tasks: as scripts read them, and as people do.
import type { JudgedResult } from './judging';
import { duration, table } from './wording';

export function judgedTable(results: readonly JudgedResult[]): string {
  const turns = Math.max(0, ...results.map((result) => result.turns.length));
  const names = Array.from({ length: turns }, (_, i) => `turn ${i + 1}`);
  const rows = results.map(({ task, n, judged, score, interval, seconds, ...result }) => [
    ...[task, String(n), String(judged), scoreText(score)],
    interval === null ? '' : `${interval.low.toFixed(2)} to ${interval.high.toFixed(2)}`,
    ...names.map((_, i) => scoreText(result.turns[i]?.score ?? null)),
    duration(seconds),
  ]);
  const head = ['task', 'answers', 'judged', 'score', '95 % interval', ...names, 'time'];
  const categories = results.flatMap((result) => categoryRows(result));
  const byCategory = table(['task', 'category', 'judged', 'score'], categories);
  return `${table(head, rows)}${categories.length === 0 ? '' : `\n\n${byCategory}`}`;
}

/** One category says no more than the whole. */
function categoryRows({ task, categories }: JudgedResult): string[][] {
  if (categories.length < 2) return [];
  return categories.map(({ category, judged, score }) => [
    ...[task, category, String(judged), scoreText(score)],
  ]);
}

/** Of 10. */
function scoreText(score: number | null): string {
  return score === null ? 'not judged' : score.toFixed(2);
}
