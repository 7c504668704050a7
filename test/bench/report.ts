// What the bench prints: ratios, then the losses side by side.
import type { StepResult, WorkResult } from './work';

export interface Row {
  name: string;
  batchSize: number;
  /** Without the steps that warm up. */
  ours: WorkResult;
  /** None where our side trained alone. */
  theirs?: WorkResult;
  /** Of the first round, every step. */
  losses: { ours: StepResult[]; theirs?: StepResult[] };
}

export type ComparedRow = Row & { theirs: WorkResult };

const MEBIBYTE = 1024 * 1024;

/** Median seconds of a step. */
export function median(steps: StepResult[]): number {
  const sorted = steps.map(({ seconds }) => seconds).sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? NaN)) / 2;
}

export function tokensPerSecond(steps: StepResult[]): number {
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0);
  return steps.reduce((sum, step) => sum + step.tokens, 0) / seconds;
}

function cells({ name, batchSize, ours, theirs }: Row): string[] {
  const both = (of: (side: WorkResult) => number, digits: number): string[] =>
    [of(ours), theirs && of(theirs)].map((value) => value?.toFixed(digits) ?? '');
  const ratio = (of: (side: WorkResult) => number): string =>
    theirs ? (of(ours) / of(theirs)).toFixed(2) : '';
  const seconds = ({ steps }: WorkResult): number => median(steps);
  const speed = ({ steps }: WorkResult): number => tokensPerSecond(steps);
  const peak = ({ peakBytes }: WorkResult): number => peakBytes / MEBIBYTE;
  const secondsDigits = seconds(ours) < 1 ? 4 : 2;
  return [
    ...[name, String(batchSize)],
    ...[...both(seconds, secondsDigits), ratio(seconds)],
    ...both(speed, 0),
    ...[...both(peak, 0), ratio(peak)],
  ];
}

/** One line a case; below it DoRA's step over our own LoRA's. */
export function printTable(rows: Row[]): void {
  const head = 'case|batch|s/step ours|PEFT|ratio|tokens/s ours|PEFT|peak MB ours|PEFT|ratio'.split(
    '|',
  );
  const lines = [head, head.map(() => '---'), ...rows.map(cells)];
  for (const line of lines) console.log(`| ${line.join(' | ')} |`);
  for (const dora of rows.filter(({ name }) => name.startsWith('dora'))) {
    const name = dora.name.replace('dora', 'lora');
    const lora = rows.find((row) => row.name === name && row.batchSize === dora.batchSize);
    if (lora === undefined) continue;
    const ratio = median(dora.ours.steps) / median(lora.ours.steps);
    console.log(
      `\nOur ${dora.name} over our ${name}, batch ${dora.batchSize}: ${ratio.toFixed(3)}`,
    );
  }
}

/** Both sides' loss at each step. With dropout the masks differ and so do the losses. */
export function printLosses(rows: Row[]): void {
  for (const { name, batchSize, losses } of rows) {
    const show = (steps: StepResult[] = []): string =>
      steps.map(({ loss }) => loss.toFixed(4)).join(' ');
    console.log(`\nLosses of ${name}, batch ${batchSize}\n  ours ${show(losses.ours)}`);
    if (losses.theirs) console.log(`  PEFT ${show(losses.theirs)}`);
  }
}
