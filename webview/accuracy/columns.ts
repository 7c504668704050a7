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
  /** Figures of two protocols stand in no column and no average together. */
  protocol: 'generation' | 'choice';
}

/** What can be sorted by; tasks are `task:NAME`. */
export const nameColumn = 'name';
export const parametersColumn = 'parameters';
export const averageColumn = 'average';

export function taskColumnId(task: string): string {
  return `task:${task}`;
}

/** The user's own tasks as their experiments name them, the paper's in the paper's order, choices by log-likelihood. */
export function taskColumns(
  rows: readonly AccuracyRow[],
  published: readonly PublishedRow[],
): TaskColumn[] {
  const all = rows.flatMap(({ figures }) => figures);
  const chosen = new Set(all.filter(({ protocol }) => protocol).map(({ task }) => task));
  const own = new Set(all.map(({ task }) => task).filter((task) => !chosen.has(task)));
  const ofPaper = paperTasks.filter(({ task }) => published.length > 0 || own.has(task));
  for (const { task } of paperTasks) own.delete(task);
  return [
    ...[...own].map((task) => ({
      task,
      heading: task,
      isOfPaper: false,
      protocol: 'generation' as const,
    })),
    ...ofPaper.map(({ task, heading }) => ({
      ...{ task, heading, isOfPaper: true, protocol: 'generation' as const },
    })),
    ...choiceColumns([...chosen]),
  ];
}

/** Those of the paper's sets in its order, as short as their names there; then others. */
function choiceColumns(tasks: readonly string[]): TaskColumn[] {
  const place = (task: string): number => {
    const index = paperTasks.findIndex((one) => one.task === setOf(task));
    return index < 0 ? paperTasks.length : index;
  };
  return [...tasks]
    .sort((a, b) => place(a) - place(b))
    .map((task) => {
      const set = paperTasks.find((one) => one.task === setOf(task));
      const heading = set === undefined ? task : set.heading + task.slice(set.task.length);
      return { task, heading, isOfPaper: false, protocol: 'choice' };
    });
}

/** `ARC-Easy` of `ARC-Easy.choice-norm` */
function setOf(task: string): string {
  return task.replace(/\.choice(-norm)?$/, '');
}

/** What a column's head says beyond its name. */
export function taskTitle({ task, isOfPaper, protocol }: TaskColumn, t: Translate): string {
  if (protocol === 'choice') {
    return t(
      '{0}: multiple choice by log-likelihood, accuracy in percent. Another protocol than written answers: in no average with them.',
      task,
    );
  }
  const known = paperTasks.find((one) => one.task === task);
  return isOfPaper && known !== undefined
    ? t('{0}: accuracy in percent; the whole set has {1} questions', task, known.questions)
    : t('{0}: accuracy in percent', task);
}
