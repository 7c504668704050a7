// What runs that differ by their seed say together: of one run its accuracy, of several their mean; with the 95 %
// interval that belongs to it.
import type { FigureRow } from '../../extension/shared/pages/figuresPage';
import { acrossSeeds } from '../../extension/shared/statistics/acrossSeeds';
import { within, type Interval } from '../../extension/shared/statistics/interval';
import { macroAverage } from '../../extension/shared/statistics/macroAverage';
import type { Translate } from '../../extension/shared/translate';
import { countText } from '../../extension/shared/comparisonText';
import { intervalText, percentText } from '../accuracy/figureText';
import type { Member } from './members';

export interface CellFigure {
  /** In percent. */
  value: number;
  /** In percent: of one run over questions, of several over seeds. */
  interval: Interval;
  /** How many runs it is of, each with another seed. */
  seeds: number;
  /** Of one run. */
  questions: number;
  /** Still being asked. */
  isEvaluating: boolean;
}

/** `tasks`: their mean, each counting alike. Undefined where no run has them all. */
export function cellFigure(
  members: readonly Member[],
  tasks: readonly string[],
): CellFigure | undefined {
  // A newer run that was asked something else takes nothing from an older one.
  const asked = members.filter(({ row }) => rowFigure(row, tasks) !== undefined);
  const figures = newestOfEachSeed(asked).flatMap(({ row }) => rowFigure(row, tasks) ?? []);
  // A run that was asked less than another is no second observation of the same.
  const questions = Math.max(...figures.map((one) => one.questions));
  const alike = figures.filter((one) => one.questions === questions);
  const [first] = alike;
  if (first === undefined) return undefined;
  const isEvaluating = figures.some((one) => one.isEvaluating);
  const seeds = acrossSeeds(alike.map(({ value }) => value));
  if (seeds?.interval == null) return { ...first, isEvaluating };
  const { mean } = seeds;
  const interval = within(seeds.interval, { low: 0, high: 100 });
  return { value: mean, interval, seeds: alike.length, questions, isEvaluating };
}

/** Of one run or model alone. */
export function rowFigure(
  { figures, isEvaluating }: FigureRow,
  tasks: readonly string[],
): CellFigure | undefined {
  const found = figures.filter(({ task }) => tasks.includes(task));
  const average = found.length < tasks.length ? undefined : macroAverage(found);
  if (average === undefined) return undefined;
  const questions = found.reduce((sum, { n }) => sum + n, 0);
  const { low, high } = average.interval;
  const interval = { low: 100 * low, high: 100 * high };
  return { value: 100 * average.value, interval, seeds: 1, questions, isEvaluating };
}

/** "81.5" */
export function valueText({ value }: CellFigure): string {
  return percentText(value);
}

/** "78.9–83.8, 300 questions" or "78.9–83.8, 3 seeds" */
export function certaintyText({ interval, seeds, questions }: CellFigure, t: Translate): string {
  const range = intervalText(interval);
  return seeds > 1
    ? t('{0}, {1} seeds', range, seeds)
    : t('{0}, {1} questions', range, countText(questions));
}

function newestOfEachSeed(members: readonly Member[]): Member[] {
  const bySeed = new Map<number, Member>();
  for (const member of members) {
    const known = bySeed.get(member.run.seed);
    if (known === undefined || known.row.created < member.row.created) {
      bySeed.set(member.run.seed, member);
    }
  }
  return [...bySeed.values()].sort((a, b) => a.run.seed - b.run.seed);
}
