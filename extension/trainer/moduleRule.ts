// Which modules a PEFT configuration adapts: target_modules, exclude_modules, layers_to_transform and layers_pattern.
import { Failure } from '../shared/failures';
import type { Fields } from '../model/fields';
import { nameOfValue } from '../model/jsonFile';
import { wholePattern } from '../model/pythonPattern';
import { allLinear } from '../model/targets';
import type { LowRankConfig } from './lowRank';
import type { PeftType } from './peftFields';

type Rule = Pick<LowRankConfig, 'targets' | 'exclude' | 'layers'>;

export function readModuleRule(fields: Fields, type: PeftType): Rule {
  const targets = readTargets(fields);
  const exclude = type === 'VERA' ? [] : (readNames(fields, 'exclude_modules') ?? []);
  const layers = readLayers(fields);
  const isPattern = typeof targets === 'string';
  if (isPattern && layers !== undefined && type !== 'VERA') {
    const reason = 'PEFT takes layers beside a list of "target_modules" alone';
    throw refused(fields, 'layers_to_transform', reason);
  }
  return {
    targets,
    ...(exclude.length > 0 && { exclude }),
    // VeRA does not look at layers beside a pattern.
    layers: isPattern ? undefined : layers,
  };
}

function readTargets(fields: Fields): string[] | string {
  // What PEFT takes for these families when nothing is said.
  const targets = readNames(fields, 'target_modules') ?? ['q_proj', 'v_proj'];
  const isAll = typeof targets === 'string' && targets.toLowerCase() === allLinear;
  return isAll ? allLinear : targets;
}

function readNames(fields: Fields, name: string): string[] | string | undefined {
  const value = fields.raw(name) ?? undefined;
  if (typeof value !== 'string') return fields.texts(name);
  if (wholePattern(value) !== undefined) return value;
  throw refused(fields, name, 'it is no regular expression that is understood here');
}

function readLayers(fields: Fields): number[] | undefined {
  const value = fields.raw('layers_to_transform') ?? undefined;
  const patterns = readPatterns(fields);
  if (value === undefined) {
    if (patterns.length === 0) return undefined;
    throw fields.refused('layers_pattern', 'stands beside "layers_to_transform" alone');
  }
  const layers: unknown[] = Array.isArray(value) ? value : [value];
  const isIndex = (layer: unknown): layer is number =>
    Number.isInteger(layer) && Number(layer) >= 0;
  if (!layers.every(isIndex)) throw fields.refused('layers_to_transform', 'must be layer numbers');
  if (layers.length === 0) return undefined;
  return patterns.length === 0 || patterns.some(namesLayers) ? layers : [];
}

/** Of the lists of layers; empty: any. */
function readPatterns(fields: Fields): string[] {
  const value = fields.raw('layers_pattern') ?? [];
  const patterns = typeof value === 'string' ? [value] : (fields.texts('layers_pattern') ?? []);
  return patterns.filter((pattern) => pattern !== '');
}

/** The only list of the models that are run here, `model.layers`. */
function namesLayers(pattern: string): boolean {
  return wholePattern(`(?:|.*?\\.)${pattern}\\.\\d+\\..*`)?.test('model.layers.0.x') ?? false;
}

function refused(fields: Fields, field: string, reason: string): Failure {
  const value = nameOfValue(fields.raw(field));
  return new Failure('adapter-unsupported', { file: fields.file, field, value, reason });
}
