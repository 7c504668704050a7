// One model against another, or seeds against seeds: the difference of each task and of their average, with what it
// rests on. How it reads is comparisonText.ts.
import { meanDifference, welchDifference, type MeanDifference } from './acrossSeeds';
import type { Interval } from './interval';
import { groupsOf } from '../taskGroups';
import { average } from './moments';
import { macroBootstrap, macroExchange, pairedBootstrap } from './pairedBootstrap';
import { macroDifference, pairedDifference, type PairedCounts } from './pairedComparison';

export interface TaskPair {
  task: string;
  /** Over the questions that both were asked with the same prompt. */
  counts: PairedCounts;
  /** Questions that each was asked. */
  firstAsked: number;
  secondAsked: number;
  /** Absent where the models wrote their answers. Choices by log-likelihood are in no average with them. */
  protocol?: 'choice';
  /** Tasks of one group are averaged together; empty for none. */
  group: string;
}

export interface Compared {
  /** Empty for the average over the tasks of a group. */
  task: string;
  group: string;
  /** Accuracy of the first less that of the second, -1 to 1. */
  difference: number;
  interval: Interval;
  pValue: number;
  /** Questions that both answered, over all tasks of an average. */
  n: number;
  /** Tasks that it is over. */
  tasks: number;
  basis: QuestionBasis | SeedBasis;
}

export interface QuestionBasis {
  kind: 'questions';
  onlyFirst: number;
  onlySecond: number;
  /** Asked of one of the two alone, or with another prompt. */
  unpaired: number;
  bootstrap: Interval;
}

export interface SeedBasis {
  kind: 'seeds';
  /** 1 is a single run. */
  first: number;
  second: number;
}

/**
 * Over questions: first the averages of the groups that have two tasks or more. Tasks without a common question are
 * left out.
 */
export function compareTasks(pairs: readonly TaskPair[]): Compared[] {
  const asked = pairs.filter(({ counts }) => counts.n > 0);
  const averages = averaged(asked.filter(isWritten)).flatMap(
    (group) => compareAverage(group) ?? [],
  );
  return [...averages, ...asked.map(compareTask)];
}

/** The parts of each group that has an average, the largest first. */
function averaged<Part extends { task: string; group: string }>(parts: readonly Part[]): Part[][] {
  return groupsOf(parts)
    .filter(({ tasks }) => tasks.length > 1)
    .map((group) => parts.filter((part) => part.group === group.group));
}

function isWritten({ protocol }: TaskPair): boolean {
  return protocol === undefined;
}

function compareTask(pair: TaskPair): Compared {
  const { task, group, counts } = pair;
  const { n, difference, interval, pValue } = pairedDifference(counts);
  const basis = questionBasis([pair], pairedBootstrap(counts) ?? interval);
  return { task, group, n, difference, interval, pValue: pValue ?? 1, tasks: 1, basis };
}

function compareAverage(pairs: readonly TaskPair[]): Compared | undefined {
  const all = pairs.map(({ counts }) => counts);
  const macro = macroDifference(all);
  if (macro === undefined) return undefined;
  const { n, difference, interval } = macro;
  const basis = questionBasis(pairs, macroBootstrap(all) ?? interval);
  const pValue = macroExchange(all) ?? 1;
  const group = pairs[0]?.group ?? '';
  return { task: '', group, n, difference, interval, pValue, tasks: pairs.length, basis };
}

function questionBasis(pairs: readonly TaskPair[], bootstrap: Interval): QuestionBasis {
  const sum = (value: (pair: TaskPair) => number): number =>
    pairs.reduce((total, pair) => total + value(pair), 0);
  return {
    kind: 'questions',
    onlyFirst: sum(({ counts }) => counts.onlyFirst),
    onlySecond: sum(({ counts }) => counts.onlySecond),
    unpaired: sum(({ counts, firstAsked, secondAsked }) => firstAsked + secondAsked - 2 * counts.n),
    bootstrap,
  };
}

/**
 * Seeds of one configuration against a single run or, with `others`, against seeds of another. Every member is paired
 * with the same run, the anchor: a single run itself, or the first of the other seeds, whose further members are
 * `others`. Tasks that were not asked alike of all of them are left out.
 */
export function compareSeeds(
  members: readonly (readonly TaskPair[])[],
  others: readonly (readonly TaskPair[])[] | null,
): Compared[] {
  const tasks = (members[0] ?? []).flatMap(({ task }) => {
    const firsts = pairsOf(task, members);
    const seconds = pairsOf(task, others ?? []);
    return isAskedAlike([...firsts, ...seconds], members.length + (others?.length ?? 0))
      ? [{ task, firsts, seconds }]
      : [];
  });
  const figures = tasks.map(({ task, firsts, seconds }) => {
    const [anchor] = firsts;
    const anchorScore = anchor === undefined ? NaN : secondScore(anchor.counts);
    const second = [anchorScore, ...seconds.map(({ counts }) => firstScore(counts))];
    const first = firsts.map(({ counts }) => firstScore(counts));
    const isAveraged = firsts.every(isWritten);
    return {
      task,
      group: anchor?.group ?? '',
      n: anchor?.counts.n ?? 0,
      first,
      second,
      isAveraged,
    };
  });
  const compare = (task: string, parts: typeof figures): Compared[] => {
    const first = meanBySeed(parts.map((part) => part.first));
    const second = meanBySeed(parts.map((part) => part.second));
    const found = differenceOf(first, second);
    if (found === undefined) return [];
    const n = parts.reduce((sum, part) => sum + part.n, 0);
    const basis = { kind: 'seeds' as const, first: first.length, second: second.length };
    const group = parts[0]?.group ?? '';
    return [{ task, group, ...found, n, tasks: parts.length, basis }];
  };
  const groups = averaged(figures.filter(({ isAveraged }) => isAveraged));
  return [
    ...groups.flatMap((group) => compare('', group)),
    ...figures.flatMap((figure) => compare(figure.task, [figure])),
  ];
}

/** The same comparison told of the second. */
export function turnedRound(compared: Compared): Compared {
  const { basis, difference, interval } = compared;
  const turned: Compared['basis'] =
    basis.kind === 'seeds'
      ? { kind: 'seeds', first: basis.second, second: basis.first }
      : {
          ...basis,
          onlyFirst: basis.onlySecond,
          onlySecond: basis.onlyFirst,
          bootstrap: negated(basis.bootstrap),
        };
  return { ...compared, difference: -difference, interval: negated(interval), basis: turned };
}

function negated({ low, high }: Interval): Interval {
  return { low: -high, high: -low };
}

function differenceOf(
  first: readonly number[],
  second: readonly number[],
): MeanDifference | undefined {
  const [only = NaN] = second;
  return second.length > 1
    ? welchDifference(first, second)
    : meanDifference(first.map((score) => score - only));
}

function pairsOf(task: string, lists: readonly (readonly TaskPair[])[]): TaskPair[] {
  return lists.flatMap((pairs) => pairs.filter((pair) => pair.task === task));
}

/** Nothing but the anchor's questions, all of them, of everyone. */
function isAskedAlike(pairs: readonly TaskPair[], wanted: number): boolean {
  return (
    pairs.length === wanted &&
    pairs.every(
      ({ counts: { n }, firstAsked, secondAsked }) =>
        n > 0 && firstAsked === n && secondAsked === n,
    )
  );
}

function firstScore({ n, bothRight, onlyFirst }: PairedCounts): number {
  return (bothRight + onlyFirst) / n;
}

function secondScore({ n, bothRight, onlySecond }: PairedCounts): number {
  return (bothRight + onlySecond) / n;
}

/** From the scores of each task by seed to the average of each seed. */
function meanBySeed(byTask: readonly (readonly number[])[]): number[] {
  return (byTask[0] ?? []).map((_, seed) => average(byTask.map((scores) => scores[seed] ?? NaN)));
}
