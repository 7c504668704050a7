// The user's rows of the tables: by experiment a row for each method, rank and targets, over its seeds.
import type { AccuracyRow } from '../../extension/shared/pages/accuracyPage';
import { methodNames } from '../../extension/shared/runWords';
import type { Translate } from '../../extension/shared/translate';
import { cellFigure, certaintyText, valueText, type CellFigure } from './cellFigure';
import { averagedTasks, distinct, type Family, type Member } from './members';
import { nothing, type PlainCell } from './plainTable';

export interface Setting {
  id: string;
  member: Member;
  /** Undefined where no run has all the tasks. */
  figure: CellFigure | undefined;
}

export interface OwnGroup {
  title: string;
  tasks: readonly string[];
  settings: Setting[];
}

/** `wanted`: only these tasks; those of the experiment's average when left out. */
export function ownGroups(families: readonly Family[], wanted?: readonly string[]): OwnGroup[] {
  const members = families.flatMap((family) => family.members);
  const experiments = distinct(members.map(({ row }) => row.experimentFile));
  return experiments.flatMap((file) => {
    const own = members.filter(({ row }) => row.experimentFile === file);
    const tasks = wanted ?? averagedTasks(own);
    if (tasks.length === 0) return [];
    const settings = distinct(own.map(settingOf)).flatMap((id) => {
      const ofSetting = own.filter((member) => settingOf(member) === id);
      const [member] = ofSetting;
      if (member === undefined) return [];
      return [{ id, member, figure: cellFigure(ofSetting, tasks) }];
    });
    return [{ title: own[0]?.row.experiment ?? '', tasks, settings: settings.sort(bySize) }];
  });
}

/** "DoRA r16", with what else tells it from another run of its experiment. */
export function settingName({ member }: Setting, all: readonly Setting[]): string {
  const name = shortName(member);
  const others = all.filter((one) => shortName(one.member) === name);
  const rates = distinct(others.map((one) => one.member.run.learningRate));
  return rates.length > 1 ? `${name} · learningRate ${member.run.learningRate}` : name;
}

export function figureCell(figure: CellFigure | undefined, t: Translate): PlainCell {
  if (figure === undefined) return nothing;
  const { value, interval } = figure;
  return { text: valueText(figure), detail: certaintyText(figure, t), value, interval };
}

/** Where a click on a row leads. */
export function folderOf(row: AccuracyRow): { folder: string } | object {
  return row.kind === 'run' ? { folder: row.folder } : {};
}

function shortName({ run }: Member): string {
  const name = methodNames[run.method];
  return run.rank === null ? name : `${name} r${run.rank}`;
}

function settingOf({ run }: Member): string {
  return JSON.stringify([run.recipe, run.method, run.rank, run.alpha, run.learningRate]);
}

function bySize({ member: one }: Setting, { member: other }: Setting): number {
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return order(one.run.method, other.run.method) || (one.run.rank ?? 0) - (other.run.rank ?? 0);
}
