// The average of a row as the paper takes it: the mean of the tasks' accuracies, whatever their numbers of
// questions.

export interface Average {
  /** Null where a task is missing. */
  value: number | null;
  /** What it is over. */
  tasks: readonly string[];
  /** Tasks without a figure. */
  missing: readonly string[];
}

/** Only of a row that has all the tasks: a mean over others could not be compared. */
export function averageOf(
  scores: ReadonlyMap<string, number | null>,
  tasks: readonly string[],
): Average {
  const values = tasks.map((task) => scores.get(task) ?? null);
  const missing = tasks.filter((_, i) => values[i] === null);
  const known = values.filter((value) => value !== null);
  return { value: missing.length > 0 || known.length === 0 ? null : meanOf(known), tasks, missing };
}

export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
}
