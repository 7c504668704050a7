// Problems that the newest runs met, at the settings that cause them. One is gone when that setting has another value
// than the run had, or when a newer run does not meet it. Free of VS Code.
import type { Translate } from '../../shared/translate';
import { runLabel } from '../runModel';
import { entryOf, settingsOfEntry, variedBy } from '../../shared/experimentGrid';
import {
  gridOf,
  keySpan,
  nodeAt,
  placeOf,
  spanOf,
  valueAt,
  type Outline,
  type Path,
  type Span,
} from './outline';
import type { ToldRun } from './notes';
import { setPath, type QuickFix } from './quickFixes';

export interface TrainingProblem {
  code: string;
  message: string;
  span: Span;
  /** Of the run that met it. */
  folder: string;
  fixes: QuickFix[];
}

export interface ProblemContext {
  outline: Outline;
  /** Tokens of the longest record of the data, when it is known. */
  longestRecord: number | undefined;
  t: Translate;
}

interface Cause {
  /** The first that the file has; where none is, the method stands for them. */
  settings: readonly string[];
  /** Another value that may help, from the one that is set. */
  better?: (value: unknown, context: ProblemContext) => unknown;
}

const causes: Record<string, Cause> = {
  'magnitude-still': { settings: ['training.learningRate', 'method'], better: twice },
  'loss-rising': { settings: ['training.learningRate'], better: half },
  'loss-not-finite': { settings: ['training.learningRate'], better: half },
  'records-cut': {
    settings: ['data.maxLength'],
    better: (_, { longestRecord }) => longestRecord,
  },
  'answers-not-extracted': { settings: ['evaluation.tasks'] },
  'memory-short': { settings: ['training.batchSize'], better: halfWhole },
  'out-of-memory': { settings: ['training.batchSize'], better: halfWhole },
};

interface Met {
  code: string;
  message: string;
  data: Record<string, unknown>;
  run: ToldRun;
}

export function trainingProblems(
  runs: readonly ToldRun[],
  context: ProblemContext,
): TrainingProblem[] {
  const told = new Map<string, TrainingProblem>();
  for (const met of runs.flatMap(problemsOf)) {
    const problem = placed(met, context, runs.length > 1);
    if (problem === undefined) continue;
    const key = `${problem.code} ${problem.span.start}`;
    if (!told.has(key)) told.set(key, problem);
  }
  return [...told.values()];
}

function problemsOf(run: ToldRun): Met[] {
  const { failure } = run.view.status;
  const failed = failure === undefined ? [] : [{ ...failure, data: failure.data ?? {}, run }];
  return [...failed, ...run.outcome.warnings.map((warning) => ({ ...warning, run }))];
}

function placed(met: Met, context: ProblemContext, isGrid: boolean): TrainingProblem | undefined {
  const { outline, t } = context;
  const cause = causes[met.code];
  if (cause === undefined) return undefined;
  const { settings, varied } = met.run.view.run;
  const isEdited = cause.settings.some((setting) => {
    const now = valueInFile(outline, setting, varied[setting]);
    return now !== undefined && !isSame(now, settingOf(settings, setting));
  });
  if (isEdited) return undefined;
  const setting = cause.settings.find((one) => placeOf(outline, one) !== undefined) ?? 'method';
  const span = spanIn(outline, setting, met);
  if (span === undefined) return undefined;
  const label = isGrid ? `${runLabel(met.run.view.run)}: ` : '';
  const value = settingOf(settings, cause.settings[0] ?? '');
  const better = cause.better?.(value, context);
  const main = cause.settings[0] ?? '';
  const fix = better === undefined ? undefined : setPath(outline, main, better, t);
  return {
    code: met.code,
    message: `${label}${met.message}`,
    span,
    folder: met.run.view.folder,
    fixes: fix === undefined ? [] : [fix],
  };
}

/** What the file gives a setting now; undefined where it leaves it out. */
function valueInFile(outline: Outline, setting: string, varied: unknown): unknown {
  const grid = gridOf(outline);
  const entry = entryOf(grid, setting);
  if (entry === undefined || !settingsOfEntry(entry).includes(setting))
    return valueAt(outline, setting.split('.'));
  const values = (grid[entry] ?? []).map((value) => variedBy(entry, value)?.[setting]);
  return values.find((value) => isSame(value, varied)) ?? values;
}

function spanIn(outline: Outline, setting: string, { data, run }: Met): Span | undefined {
  const path = placeOf(outline, setting) ?? placeOf(outline, 'model');
  if (path === undefined) return undefined;
  const inner = innerPath(outline, path, setting, { data, run });
  const node = nodeAt(outline, inner);
  if (node === undefined) return undefined;
  return node.type === 'object' || node.type === 'array' ? keySpan(outline, inner) : spanOf(node);
}

/** Of a list, the element that is meant: the grid's value, the task. */
function innerPath(
  outline: Outline,
  path: Path,
  setting: string,
  { data, run }: Pick<Met, 'data' | 'run'>,
): Path {
  const values = valueAt(outline, path);
  if (!Array.isArray(values)) return path;
  const wanted = path[0] === 'grid' ? run.view.run.varied[setting] : data.task;
  const index = values.findIndex((value) => isSame(value, wanted));
  return index < 0 ? path : [...path, index];
}

function settingOf(settings: object, setting: string): unknown {
  return setting
    .split('.')
    .reduce<unknown>(
      (inner, part) => (inner as Record<string, unknown> | undefined)?.[part],
      settings,
    );
}

function half(value: unknown): number | undefined {
  return typeof value === 'number' ? rounded(value / 2) : undefined;
}

function twice(value: unknown): number | undefined {
  return typeof value === 'number' ? rounded(value * 2) : undefined;
}

function halfWhole(value: unknown): number | undefined {
  return typeof value === 'number' && value > 1 ? Math.ceil(value / 2) : undefined;
}

/** Without the dust of binary fractions. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
