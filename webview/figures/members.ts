// The runs that figures are about, one row for each, and those that may stand in one figure together.
import { groupsOf, type TaskGroup } from '../../extension/shared/taskGroups';
import type { Figure } from '../../extension/shared/pages/accuracyPage';
import type { FigureRow, FigureRun } from '../../extension/shared/pages/figuresPage';

/** A run, by the evaluated checkpoint that counts for it. */
export interface Member {
  row: FigureRow;
  run: FigureRun;
}

/** Runs that differ in nothing but method, rank, alpha, learning rate and seed. */
export interface Family {
  id: string;
  /** Of its experiments. */
  name: string;
  model: string;
  /** The newest first. */
  members: Member[];
  /** Tasks that any of them was asked. */
  tasks: string[];
  /** What averages are over: the tasks of each group, the largest first. */
  groups: TaskGroup[];
}

/** Families with an evaluated run, the newest first. */
export function findFamilies(rows: readonly FigureRow[]): Family[] {
  const byRecipe = new Map<string, Member[]>();
  for (const member of countedMembers(rows)) {
    const { recipe } = member.run;
    byRecipe.set(recipe, [...(byRecipe.get(recipe) ?? []), member]);
  }
  const families = [...byRecipe].map(([id, members]): Family => {
    const experiments = distinct(members.map(({ row }) => row.experiment));
    return {
      ...{ id, members, name: experiments.join(', ') },
      model: members[0]?.row.model ?? '',
      tasks: distinct(members.flatMap(({ row }) => row.figures.map(({ task }) => task))),
      groups: averagedGroups(members),
    };
  });
  return families.sort((a, b) => createdOf(b).localeCompare(createdOf(a)));
}

/**
 * What at least half of the runs were asked: one that was asked more takes no other out of the average. No choices by
 * log-likelihood, which are another protocol. Which group a task is in the newest run says.
 */
export function averagedGroups(members: readonly Member[]): TaskGroup[] {
  const counts = new Map<string, number>();
  const newest = new Map<string, Figure>();
  for (const figure of members.flatMap(({ row }) => row.figures)) {
    const { task, protocol } = figure;
    if (protocol !== undefined) continue;
    counts.set(task, (counts.get(task) ?? 0) + 1);
    if (newest.get(task)?.group === undefined) newest.set(task, figure);
  }
  const asked = [...newest.values()].filter(
    ({ task }) => 2 * (counts.get(task) ?? 0) >= members.length,
  );
  return groupsOf(asked);
}

/** Whether a task was asked by log-likelihood, with which no published value compares. */
export function isChoice({ members }: Family, task: string): boolean {
  return members.some(({ row }) =>
    row.figures.some((figure) => figure.task === task && figure.protocol === 'choice'),
  );
}

/** Families of one name are told apart by when they began. */
export function familyText({ name, members }: Family, others: readonly Family[]): string {
  const isAlone = others.filter((other) => other.name === name).length < 2;
  const first = members.at(-1)?.row.created ?? '';
  return isAlone ? name : `${name} (${first.slice(0, 16).replace('T', ' ')})`;
}

export function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

/** The end of each run, or the latest checkpoint that was evaluated; the newest first. */
function countedMembers(rows: readonly FigureRow[]): Member[] {
  const counted = new Map<string, Member>();
  for (const row of rows) {
    if (row.run === null || row.figures.length === 0) continue;
    const known = counted.get(row.folder)?.row;
    if (known === undefined || isLater(row, known)) {
      counted.set(row.folder, { row, run: row.run });
    }
  }
  return [...counted.values()].sort((a, b) => b.row.created.localeCompare(a.row.created));
}

function isLater(row: FigureRow, other: FigureRow): boolean {
  if (row.isEnd !== other.isEnd) return row.isEnd;
  return (row.step ?? 0) > (other.step ?? 0);
}

function createdOf({ members }: Family): string {
  return members[0]?.row.created ?? '';
}
