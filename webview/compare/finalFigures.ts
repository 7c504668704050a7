// One row a run: how it ended, or stands, in figures that can be compared, sorted and copied.
import type { ComparedRun } from '../../extension/shared/pages/comparePage';
import type { RunHistory } from '../../extension/shared/runHistory';
import { signedText, stateText } from '../../extension/shared/runWords';
import type { Translate } from '../../extension/shared/translate';
import { bytesText, clockText, figureText, shareText } from '../charts/ticks';

export interface FigureColumn {
  id: string;
  title: string;
  /** Undefined: neither is better. */
  better?: 'low' | 'high';
  text: (value: number) => string;
  valueOf: (run: ComparedRun) => number | undefined;
}

/** Those that at least one run has a value for. */
export function figureColumns(runs: readonly ComparedRun[], t: Translate): FigureColumn[] {
  const tasks = [
    ...new Set(runs.flatMap(({ history }) => history.accuracies.map(({ task }) => task))),
  ];
  const columns: FigureColumn[] = [
    {
      id: 'steps',
      title: t('Steps'),
      text: figureText,
      valueOf: ({ history: { steps } }) => steps.step[steps.length - 1],
    },
    { id: 'lastLoss', title: t('Last loss'), better: 'low', text: figureText, valueOf: lastLoss },
    {
      id: 'minLoss',
      title: t('Lowest loss'),
      better: 'low',
      text: figureText,
      valueOf: ({ history }) => least(history.steps.loss.subarray(0, history.steps.length)),
    },
    {
      id: 'lastValidation',
      title: t('Last validation'),
      better: 'low',
      text: figureText,
      valueOf: ({ history }) => history.evals.at(-1)?.loss,
    },
    {
      id: 'minValidation',
      title: t('Lowest validation'),
      better: 'low',
      text: figureText,
      valueOf: ({ history }) => least(history.evals.map(({ loss }) => loss)),
    },
    ...tasks.map((task): FigureColumn => ({
      id: `task ${task}`,
      title: task,
      better: 'high',
      text: shareText,
      valueOf: ({ history }) => lastAccuracy(history, task),
    })),
    slopeColumn('q_proj', t('Slope, q_proj')),
    slopeColumn('all', t('Slope, all')),
    {
      id: 'speed',
      title: t('Tokens/s'),
      better: 'high',
      text: (value) => figureText(Math.round(value)),
      valueOf: speed,
    },
    { id: 'time', title: t('Time'), text: clockText, valueOf: seconds },
    memoryColumn('memoryBytes', t('Peak memory')),
    memoryColumn('gpuBytes', t('Peak GPU memory')),
  ];
  return columns.filter((column) => runs.some((run) => column.valueOf(run) !== undefined));
}

export interface Sorting {
  /** A column's id; empty: as they were chosen. */
  column: string;
  isDescending: boolean;
}

/** Runs without a value last, whichever way. */
export function sortRuns(
  runs: readonly ComparedRun[],
  columns: readonly FigureColumn[],
  { column, isDescending }: Sorting,
): ComparedRun[] {
  const chosen = columns.find(({ id }) => id === column);
  if (chosen === undefined) return [...runs];
  const direction = isDescending ? -1 : 1;
  return [...runs].sort((a, b) => {
    const [left, right] = [chosen.valueOf(a), chosen.valueOf(b)];
    if (left === undefined || right === undefined) {
      return Number(left === undefined) - Number(right === undefined);
    }
    return direction * (left - right);
  });
}

/** Whether this run has the best value of a column; with equals all have it, with one run none. */
export function isBest(
  column: FigureColumn,
  run: ComparedRun,
  runs: readonly ComparedRun[],
): boolean {
  const value = column.valueOf(run);
  const values = runs.map(column.valueOf).filter((other) => other !== undefined);
  if (value === undefined || column.better === undefined || values.length < 2) return false;
  const best = column.better === 'low' ? Math.min(...values) : Math.max(...values);
  return value === best && values.some((other) => other !== best);
}

/** Head and rows, as texts: for copying. */
export function figureTable(
  runs: readonly { run: ComparedRun; label: string }[],
  columns: readonly FigureColumn[],
  t: Translate,
): string[][] {
  const head = [t('Run'), t('State'), ...columns.map(({ title }) => title)];
  const rows = runs.map(({ run, label }) => [
    label,
    stateText(run.status.state, t),
    ...columns.map(({ valueOf, text }) => {
      const value = valueOf(run);
      return value === undefined ? '' : text(value);
    }),
  ]);
  return [head, ...rows];
}

export function markdownOf([head = [], ...rows]: string[][]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = head.map((_, index) => (index < 2 ? '---' : '---:'));
  return `${[line(head), line(rule), ...rows.map(line)].join('\n')}\n`;
}

export function csvOfTable(table: readonly string[][]): string {
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `${table.map((row) => row.map(cell).join(',')).join('\n')}\n`;
}

function slopeColumn(module: string, title: string): FigureColumn {
  return {
    id: `slope ${module}`,
    title,
    text: signedText,
    valueOf: ({ history }) =>
      history.slopes.at(-1)?.fits.find((fit) => fit.module === module)?.slope ?? undefined,
  };
}

function lastLoss({ history: { steps } }: ComparedRun): number | undefined {
  return steps.length === 0 ? undefined : steps.loss[steps.length - 1];
}

function lastAccuracy({ accuracies }: RunHistory, task: string): number | undefined {
  return accuracies.filter((one) => one.task === task).at(-1)?.accuracy;
}

function seconds({ history: { steps } }: ComparedRun): number | undefined {
  return steps.length === 0 ? undefined : sum(steps.seconds.subarray(0, steps.length));
}

function speed(run: ComparedRun): number | undefined {
  const { steps } = run.history;
  const time = seconds(run);
  return time === undefined || time === 0
    ? undefined
    : sum(steps.tokens.subarray(0, steps.length)) / time;
}

function memoryColumn(id: 'memoryBytes' | 'gpuBytes', title: string): FigureColumn {
  const valueOf = ({ history: { steps } }: ComparedRun): number | undefined => {
    let peak: number | undefined;
    for (const bytes of steps[id].subarray(0, steps.length)) {
      if (bytes > (peak ?? 0)) peak = bytes;
    }
    return peak;
  };
  return { id, title, better: 'low', text: bytesText, valueOf };
}

function least(values: Iterable<number>): number | undefined {
  let lowest: number | undefined;
  for (const value of values) if (value < (lowest ?? Infinity)) lowest = value;
  return lowest;
}

function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
