// How far a command is, from a line of its progress. Free of VS Code.

/** From 0 to 1; undefined for a line that tells nothing of it. */
export function shareOf(line: string): number | undefined {
  try {
    const { done, total } = JSON.parse(line) as Record<string, unknown>;
    if (typeof done !== 'number' || typeof total !== 'number') return undefined;
    return total === 0 ? 1 : Math.min(1, done / total);
  } catch {
    return undefined;
  }
}
