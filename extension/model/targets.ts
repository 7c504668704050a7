// Which linear modules an adapter's target names mean, matched as PEFT matches them.
import { moduleTypes } from '../shared/modules';
import type { LinearModule } from './architecture';

export interface TargetMatch {
  modules: LinearModule[];
  /** Targets that fit no module. */
  unmatched: string[];
}

/** Every linear module of the layers; the head is not one of them. */
export const allLinear = 'all-linear';

/** A list holds names or ends of names (`q_proj`, `mlp.up_proj`); a text is a pattern of the whole name, or all-linear. */
export function matchTargets(modules: LinearModule[], targets: string | string[]): TargetMatch {
  if (targets === allLinear) return { modules, unmatched: [] };
  if (typeof targets === 'string') {
    const pattern = wholePattern(targets);
    const matched = modules.filter((module) => pattern?.test(module.name));
    return { modules: matched, unmatched: matched.length === 0 ? [targets] : [] };
  }
  const everything = targets.includes(allLinear);
  const matches = (module: LinearModule, target: string): boolean =>
    target === allLinear || isSuffix(module.name, target);
  return {
    modules: modules.filter((module) => everything || targets.some((t) => matches(module, t))),
    unmatched: targets.filter((target) => !modules.some((module) => matches(module, target))),
  };
}

/** PEFT: the name itself, or its end after a dot. */
function isSuffix(name: string, target: string): boolean {
  return name === target || name.endsWith(`.${target}`);
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

/** Undefined when the text is no regular expression. */
function wholePattern(text: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${text})$`);
  } catch {
    return undefined;
  }
}

/** For the sentence that refuses a target. */
export function knownTargets(): string[] {
  return [...moduleTypes, allLinear];
}
