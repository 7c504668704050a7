// The same work done by the builds of two commits in turns, and the ratios of what it took.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { trainHere, type OwnResult } from '../adapterLab';
import { observeCommand } from '../observedCommand';
import type { Work } from '../work';
import type { BuiltCommit } from './builtCommit';

/** What one round took of one side. */
export interface Taken {
  /** By name: seconds, processor seconds, MB. */
  figures: Record<string, number>;
  /** That both sides should have the same. */
  losses: number[];
}

export type Measure = (side: BuiltCommit) => Promise<Taken>;

const mebibyte = 1024 * 1024;

/** A training; the first step warms up and is not counted. */
export function training(work: Work, scratch: string): Measure {
  return async ({ command }) => {
    const result = await trainHere(work, scratch, command);
    const { steps, stepProcessorSeconds, peakBytes } = result;
    const counted = Math.max(1, steps.length - 1);
    const seconds = steps.slice(1).reduce((sum, step) => sum + step.seconds, 0);
    const figures = {
      's a step': seconds / counted,
      'processor s a step': processorSeconds(stepProcessorSeconds) / counted,
      's from the command to the first step': startOf(result),
      'peak MB': peakBytes / mebibyte,
    };
    return { figures, losses: steps.map(({ loss }) => loss) };
  };
}

function processorSeconds(untilStep: number[]): number {
  return (untilStep.at(-1) ?? NaN) - (untilStep[0] ?? NaN);
}

function startOf({ stepEnds, steps }: OwnResult): number {
  return (stepEnds[0] ?? NaN) - (steps[0]?.seconds ?? NaN);
}

/** Any other command, as a whole; `{}` stands for a new folder. */
export function wholeCommand(args: string[], scratch: string): Measure {
  return async ({ command }) => {
    const filled = args.map((one) => (one === '{}' ? mkdtempSync(join(scratch, 'out-')) : one));
    const { seconds, processes } = await observeCommand(filled, scratch, command);
    const used = processes.reduce((sum, one) => sum + one.processorSeconds, 0);
    const peak = Math.max(...processes.map(({ peakBytes }) => peakBytes));
    const figures = { s: seconds, 'processor s': used, 'peak MB': peak / mebibyte };
    return { figures, losses: [] };
  };
}

/** Rounds of one side and the other; each begins every second one. */
export async function inTurns(
  sides: [BuiltCommit, BuiltCommit],
  rounds: number,
  measure: Measure,
): Promise<[Taken[], Taken[]]> {
  const taken: [Taken[], Taken[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
    for (const side of order) taken[side].push(await measure(sides[side]));
  }
  return taken;
}

/** A line a figure: the least of each side, their ratio, and the ratios of the pairs from least to most. */
export function ratioTable([before, after]: [Taken[], Taken[]]): string {
  const names = Object.keys(before[0]?.figures ?? {});
  const lines = names.map((name) => {
    const of = (taken: Taken[]): number[] => taken.map(({ figures }) => figures[name] ?? NaN);
    const least = [Math.min(...of(before)), Math.min(...of(after))] as const;
    const pairs = of(after).map((value, round) => value / (of(before)[round] ?? NaN));
    const range = [Math.min(...pairs), Math.max(...pairs)].map((ratio) => ratio.toFixed(2));
    const [old, now] = least.map((value) => value.toFixed(value < 10 ? 3 : 0));
    return [name, old ?? '', now ?? '', (least[1] / least[0]).toFixed(2), range.join(' to ')];
  });
  const head = ['', 'before', 'after', 'after over before', 'of each pair'];
  return [head, head.map(() => '---'), ...lines].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
