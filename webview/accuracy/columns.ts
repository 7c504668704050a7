// The columns of the table: parameters, the tasks that anything shown has a figure of, the average.
import type { AccuracyRow } from '../../extension/shared/pages/accuracyPage';
import { paperTasks } from '../../extension/shared/published/paperTasks';
import type { PublishedRow } from '../../extension/shared/published/table1';
import type { Translate } from '../../extension/shared/translate';

export interface TaskColumn {
  task: string;
  heading: string;
  /** One of the paper's eight. */
  isOfPaper: boolean;
}

/** What can be sorted by; tasks are `task:NAME`. */
export const nameColumn = 'name';
export const parametersColumn = 'parameters';
export const averageColumn = 'average';

export function taskColumnId(task: string): string {
  return `task:${task}`;
}

/** The user's own tasks as their experiments name them, then the paper's in the paper's order. */
export function taskColumns(
  rows: readonly AccuracyRow[],
  published: readonly PublishedRow[],
): TaskColumn[] {
  const own = new Set(rows.flatMap(({ figures }) => figures.map(({ task }) => task)));
  const ofPaper = paperTasks.filter(({ task }) => published.length > 0 || own.has(task));
  for (const { task } of paperTasks) own.delete(task);
  return [
    ...[...own].map((task) => ({ task, heading: task, isOfPaper: false })),
    ...ofPaper.map(({ task, heading }) => ({ task, heading, isOfPaper: true })),
  ];
}

/** What a column's head says beyond its name. */
export function taskTitle({ task, isOfPaper }: TaskColumn, t: Translate): string {
  const known = paperTasks.find((one) => one.task === task);
  return isOfPaper && known !== undefined
    ? t('{0}: accuracy in percent; the whole set has {1} questions', task, known.questions)
    : t('{0}: accuracy in percent', task);
}
