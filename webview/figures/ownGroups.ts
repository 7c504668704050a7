// The user's rows of the tables: by experiment a row for each method, rank and targets, over its seeds.
import { methodNames } from '../../extension/shared/runWords';
import type { Translate } from '../../extension/shared/translate';
import { cellFigure, certaintyText, valueText, type CellFigure } from './cellFigure';
import { averagedGroups, distinct, type Family, type Member } from './members';
import { nothing, type PlainCell } from '../tables/plainTable';

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

/** `wanted`: only these tasks; each group of the experiment's, with an average of its own, when left out. */
export function ownGroups(families: readonly Family[], wanted?: readonly string[]): OwnGroup[] {
  const members = families.flatMap((family) => family.members);
  const experiments = distinct(members.map(({ row }) => row.experimentFile));
  return experiments.flatMap((file) => {
    const own = members.filter(({ row }) => row.experimentFile === file);
    const title = own[0]?.row.experiment ?? '';
    const asked = wanted === undefined ? averagedGroups(own).map(({ tasks }) => tasks) : [wanted];
    return asked.map((tasks) => ({ title, tasks, settings: settingsOf(own, tasks) }));
  });
}

function settingsOf(members: readonly Member[], tasks: readonly string[]): Setting[] {
  const settings = distinct(members.map(settingOf)).flatMap((id) => {
    const own = members.filter((member) => settingOf(member) === id);
    const [member] = own;
    return member === undefined ? [] : [{ id, member, figure: cellFigure(own, tasks) }];
  });
  return settings.sort(bySize);
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
