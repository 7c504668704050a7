// Reads the text of an experiment file: comments and trailing commas are allowed, every refusal names the
// line and the setting, the grid becomes one run for each combination.
import { getNodeValue, type Node } from 'jsonc-parser';
import { experimentFile, experimentSettings, type ExperimentSettings } from './experiment';
import { checkConflicts } from './experimentConflicts';
import { entryOf, gridCombinations, settingsOfEntry, variedBy, type Grid } from './experimentGrid';
import { Failure } from './failures';
import { judgeUrlProblem } from './judging/judgeUrl';
import type { Place } from './place';
import {
  checkSettings,
  SettingsText,
  shorten,
  type SettingPath,
  type Settings,
} from './settingsText';

/** One run of an experiment, everything resolved. */
export interface ResolvedRun {
  settings: ExperimentSettings;
  /** What the grid varied, dotted setting to value. */
  varied: Record<string, unknown>;
  /** Dotted settings that the file, the grid or the command line names. */
  explicit: ReadonlySet<string>;
}

export interface Experiment {
  file: string;
  name: string;
  runs: ResolvedRun[];
  /** For failures found later: the place of a setting in the file. */
  place: (setting: string) => { file: string; line?: number };
}

/** `overrides`: dotted setting to value, from the command line. */
export function parseExperiment(
  text: string,
  file: string,
  overrides: Record<string, unknown> = {},
): Experiment {
  const source = new ExperimentText(text, file);
  const raw = source.object();
  for (const [setting, value] of Object.entries(overrides)) assign(raw, setting, value);
  const checked = checkSettings(experimentFile, raw, source);
  const settings = Object.fromEntries(
    Object.entries(raw).filter(([key]) => key !== 'grid' && key !== '$schema'),
  );
  checkGrid(checked.grid, source);
  const varied = gridCombinations(checked.grid, checked.method);
  const runs = varied.map((one) => resolveRun(settings, one, source));
  return { file, name: checked.name, runs, place: (setting) => source.place(setting.split('.')) };
}

/** key=value of the command line; values are JSON where they can be, text otherwise. */
export function parseOverride(override: string): [string, unknown] {
  const equals = override.indexOf('=');
  if (equals <= 0) throw new Failure('override-invalid', { override });
  const value = override.slice(equals + 1);
  try {
    return [override.slice(0, equals), JSON.parse(value) as unknown];
  } catch {
    return [override.slice(0, equals), value];
  }
}

/** Said here, not when all is trained and answered. */
function checkJudge({ evaluation }: ExperimentSettings, place: Experiment['place']): void {
  const problem = evaluation.judge && judgeUrlProblem(evaluation.judge.url);
  if (problem === undefined) return;
  const setting = 'evaluation.judge.url';
  throw new Failure('setting-invalid', { ...place(setting), setting, problem });
}

function resolveRun(
  base: Settings,
  varied: Record<string, unknown>,
  source: ExperimentText,
): ResolvedRun {
  const raw = JSON.parse(JSON.stringify(base)) as Settings;
  for (const [setting, value] of Object.entries(varied)) assign(raw, setting, value);
  const settings = checkSettings(experimentSettings, raw, source, Object.keys(varied));
  const explicit = new Set(settingNames(raw));
  checkJudge(settings, (setting) => source.place(setting.split('.')));
  checkConflicts(settings, explicit, (setting) => source.place(setting.split('.')));
  return { settings, varied, explicit };
}

/** Entries of several settings have a value for each of them. */
function checkGrid(grid: Grid, source: ExperimentText): void {
  for (const [key, values] of Object.entries(grid)) {
    const wrong = values.find((value) => variedBy(key, value) === undefined);
    if (wrong === undefined) continue;
    const problem =
      `must hold lists of ${settingsOfEntry(key).length} values, one for each of its settings, ` +
      `not ${shorten(JSON.stringify(wrong))}`;
    const place = source.place(['grid', key]);
    throw new Failure('setting-invalid', { ...place, setting: `grid.${key}`, problem });
  }
}

/** A setting that the grid varies stands in the grid. */
class ExperimentText extends SettingsText {
  override place(path: SettingPath): Place {
    return this.placeOf(this.gridNode(path.join('.')) ?? this.find(path));
  }

  private gridNode(setting: string): Node | undefined {
    const grid = this.find(['grid']);
    if (grid?.type !== 'object') return undefined;
    const key = entryOf(getNodeValue(grid) as Grid, setting);
    return key === undefined ? undefined : this.find(['grid', key]);
  }
}

function assign(target: Settings, setting: string, value: unknown): void {
  const parts = setting.split('.');
  const last = parts.pop() ?? '';
  // Own properties alone: a setting called __proto__ would reach every object.
  if ([...parts, last].some((part) => part in Object.prototype)) {
    throw new Failure('override-invalid', { override: setting });
  }
  let inner = target;
  for (const part of parts) {
    const next = inner[part];
    inner = (
      typeof next === 'object' && next !== null && !Array.isArray(next) ? next : (inner[part] = {})
    ) as Settings;
  }
  inner[last] = value;
}

/** Dotted names of everything that is set. */
function settingNames(settings: Settings, prefix = ''): string[] {
  return Object.entries(settings).flatMap(([key, value]) => {
    const name = prefix + key;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? [name, ...settingNames(value as Settings, `${name}.`)] : [name];
  });
}
