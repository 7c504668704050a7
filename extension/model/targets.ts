// Which linear modules an adapter's target names mean, matched as PEFT matches them.
import { moduleTypes } from '../shared/modules';
import type { LinearModule } from './architecture';
import { wholePattern } from './pythonPattern';

/** Names or ends of names (`q_proj`, `mlp.up_proj`), or a pattern of the whole name. */
export type ModuleNames = readonly string[] | string;

/** What PEFT's configuration says of the modules that are adapted. */
export interface ModuleRule {
  /** `all-linear` in place of a pattern: every linear module of the layers. */
  targets: ModuleNames;
  /** Of those, the ones that are left out. */
  exclude?: ModuleNames | undefined;
  /** Only these layers; a target that is a whole name is adapted in any. */
  layers?: readonly number[] | undefined;
  /** modules_to_save, which are never adapted as well. */
  saved?: readonly string[] | undefined;
}

/** Every linear module of the layers; the head is not one of them. */
export const allLinear = 'all-linear';

export function isAllLinear(targets: ModuleNames): boolean {
  return targets === allLinear || (Array.isArray(targets) && targets.includes(allLinear));
}

/** Whether a module is adapted, by its name. */
export function matcherOf(rule: ModuleRule): (name: string) => boolean {
  const { targets, exclude = [], layers, saved = [] } = rule;
  const isAll = isAllLinear(targets);
  const [isTarget, isExcluded] = [namesMatcher(targets), namesMatcher(exclude)];
  const savedPatterns = saved.map((name) => wholePattern(`(^|.*\\.)${name}($|\\..*)`));
  const isLeftOut = (name: string): boolean =>
    isExcluded(name) || savedPatterns.some((pattern) => pattern?.test(name));
  const isNamed = (name: string): boolean => Array.isArray(targets) && targets.includes(name);
  const isInLayers = (name: string): boolean =>
    layers === undefined || layers.includes(layerOf(name));
  return (name) =>
    !isLeftOut(name) && (isNamed(name) || ((isAll || isTarget(name)) && isInLayers(name)));
}

/** PEFT: the name itself, or its end after a dot; nothing when the text is no expression. */
export function namesMatcher(names: ModuleNames): (name: string) => boolean {
  if (typeof names !== 'string')
    return (name) => names.some((one) => name === one || name.endsWith(`.${one}`));
  const pattern = wholePattern(names);
  return (name) => pattern?.test(name) ?? false;
}

/** -1 outside the layers. */
function layerOf(name: string): number {
  return Number(/^model\.layers\.(\d+)\./.exec(name)?.[1] ?? -1);
}

/** Of the targets or exclusions, those that fit no module. */
export function unmatchedNames(names: ModuleNames, modules: readonly LinearModule[]): string[] {
  if (isAllLinear(names) && typeof names === 'string') return [];
  const fits = (one: ModuleNames): boolean => modules.some(({ name }) => namesMatcher(one)(name));
  if (typeof names === 'string') return fits(names) ? [] : [names];
  return names.filter((one) => one !== allLinear && !fits([one]));
}

/** The value of rank_pattern or alpha_pattern for a module, with every key that fits it. */
export function matchPattern<T>(
  pattern: Record<string, T>,
  name: string,
): { key: string; value: T }[] {
  return Object.entries(pattern)
    .filter(([key]) => wholePattern(`(.*\\.)?(${key})`)?.test(name))
    .map(([key, value]) => ({ key, value }));
}

/** For the sentence that refuses a target. */
export function knownTargets(): string[] {
  return [...moduleTypes, allLinear];
}
