// Steps of a run with every operation of the engine, summed up by operation and by part of the model.
import type { EngineProfile } from '../addon';

export interface ProfiledStep {
  /** 1 for the first of the run. */
  step: number;
  /** Of each micro-batch, padding there is none. */
  tokens: number[];
  /** How many of them products are of: what texts begin alike with is computed once. */
  rows: ReadonlySet<number>;
  /** From the step's begin to its end, what lies between operations too. */
  seconds: number;
  profile: EngineProfile;
}

/** Figures of calls, added up. */
export interface Work {
  calls: number;
  seconds: number;
  operations: number;
  bytes: number;
}

export interface NamedWork extends Work {
  name: string;
}

const parts = ['other', 'embedding', 'layer', 'head and loss', 'update'];

/** By operation, products by their weight's shape; the longest first. */
export function workByOperation(steps: ProfiledStep[]): NamedWork[] {
  return sumUp(steps, operationName);
}

/** By part of the model, in its order, forward and backward apart. */
export function workByPart(steps: ProfiledStep[]): NamedWork[] {
  return sumUp(steps, ({ profile }, call) => placeName(profile, call), false);
}

export function total(works: Work[]): Work {
  const sum: Work = { calls: 0, seconds: 0, operations: 0, bytes: 0 };
  for (const work of works) add(sum, work);
  return sum;
}

/** `layer 3, backward` */
export function placeName(profile: EngineProfile, call: number): string {
  const part = profile.part[call] ?? 0;
  const name = part === 2 ? `layer ${profile.layer[call] ?? 0}` : (parts[part] ?? 'other');
  return profile.backward[call] === 1 ? `${name}, backward` : name;
}

/** The numbers of rows that are looked up: of tokens when a pass begins, and of those that its last layer ends with. */
export function rowsOf({ names, name, rows }: EngineProfile): Set<number> {
  return new Set(rows.filter((_, call) => names[name[call] ?? 0] === 'embedding_forward'));
}

/** `gemm 576 x 1536`: of a product's three sizes those that are no number of tokens. The head's has a chunk of them. */
export function operationName({ profile, rows }: ProfiledStep, call: number): string {
  const name = profile.names[profile.name[call] ?? 0] ?? '';
  const depth = profile.depth[call] ?? 0;
  if (depth === 0) return name;
  const part = parts[profile.part[call] ?? 0];
  if (part !== 'layer') return `${name}, ${part ?? ''}`;
  const sizes = [profile.rows[call] ?? 0, profile.columns[call] ?? 0, depth];
  const ofTokens = sizes.findIndex((size) => rows.has(size));
  if (ofTokens >= 0) sizes.splice(ofTokens, 1);
  return `${name} ${sizes.sort((a, b) => a - b).join(' x ')}`;
}

function sumUp(
  steps: ProfiledStep[],
  nameOf: (step: ProfiledStep, call: number) => string,
  longestFirst = true,
): NamedWork[] {
  const sums = new Map<string, NamedWork>();
  for (const step of steps) {
    for (const [call, seconds] of step.profile.seconds.entries()) {
      const name = nameOf(step, call);
      const sum = sums.get(name) ?? { name, ...total([]) };
      const { operations, bytes } = step.profile;
      add(sum, { calls: 1, seconds, operations: operations[call] ?? 0, bytes: bytes[call] ?? 0 });
      sums.set(name, sum);
    }
  }
  const works = [...sums.values()];
  return longestFirst ? works.sort((a, b) => b.seconds - a.seconds) : works;
}

function add(sum: Work, { calls, seconds, operations, bytes }: Work): void {
  sum.calls += calls;
  sum.seconds += seconds;
  sum.operations += operations;
  sum.bytes += bytes;
}
