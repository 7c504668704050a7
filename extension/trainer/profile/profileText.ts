// Where a step's time goes, as a document that reads well as text and as Markdown.
import { percent } from '../../shared/amounts';
import type { MachineSpeed } from '../addon';
import {
  total,
  workByOperation,
  workByPart,
  type NamedWork,
  type ProfiledStep,
} from './profiledSteps';

export const partsTitle = '## By part of the model';

/** `speed` is what the machine is known to reach; without it no share of it is told. */
export function profileText(steps: ProfiledStep[], speed: MachineSpeed | undefined): string {
  const count = steps.length;
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0);
  const operations = workByOperation(steps);
  const sum = total(operations);
  const between = { name: 'between operations', ...total([]), seconds: seconds - sum.seconds };
  const render = (first: string, works: NamedWork[]): string =>
    table(
      [first, 'calls', 'ms', 'share', 'GFLOP', 'GFLOP/s', 'of peak', 'MB', 'GB/s'],
      works.map((work) => row(work, { count, seconds, speed })),
    );
  return `# Profile of ${stepsText(steps)}

Per step: ${milliseconds(seconds / count)} ms, ${(sum.operations / count / 1e9).toFixed(1)} GFLOP, ${allocations(steps)}.
${peakText(speed)} Operations and bytes are what shapes tell: each input read once, each output written once.

## By operation

${render('operation', [...operations, between, { name: 'whole step', ...sum, seconds }])}

${partsTitle}

${render('part', workByPart(steps))}
`;
}

function stepsText(steps: ProfiledStep[]): string {
  const first = steps[0]?.step ?? 0;
  const last = steps.at(-1)?.step ?? 0;
  return first === last ? `step ${first}` : `steps ${first} to ${last}`;
}

function allocations(steps: ProfiledStep[]): string {
  const count = steps.reduce((sum, { profile }) => sum + profile.allocations, 0);
  return `${(count / steps.length).toFixed(1)} allocations`;
}

function peakText(speed: MachineSpeed | undefined): string {
  if (speed === undefined) return 'The peak of this machine is not known.';
  return `Peak: ${(speed.operationsPerSecond / 1e9).toFixed(0)} GFLOP/s, the fastest product of f32 matrices measured here.`;
}

interface Scale {
  count: number;
  seconds: number;
  speed: MachineSpeed | undefined;
}

/** Of an operation's name, which may tell its sizes too. */
export function isProduct(operation: string): boolean {
  return /^(gemm|row_product|weight_product)/.test(operation);
}

export function isAttention(operation: string): boolean {
  return operation.startsWith('attention');
}

function row(work: NamedWork, { count, seconds, speed }: Scale): string[] {
  const perSecond = work.seconds > 0 ? work.operations / work.seconds : 0;
  const bytesPerSecond = work.seconds > 0 ? work.bytes / work.seconds : 0;
  const hasProducts = isProduct(work.name) || isAttention(work.name) || work.calls === 0;
  const ofPeak = speed && hasProducts ? percent(perSecond / speed.operationsPerSecond) : '';
  return [
    work.name,
    (work.calls / count).toFixed(0),
    milliseconds(work.seconds / count),
    percent(work.seconds / seconds),
    (work.operations / count / 1e9).toFixed(2),
    (perSecond / 1e9).toFixed(1),
    ofPeak,
    (work.bytes / count / 1e6).toFixed(1),
    (bytesPerSecond / 1e9).toFixed(1),
  ];
}

function milliseconds(seconds: number): string {
  return (1000 * seconds).toFixed(seconds < 0.1 ? 2 : 0);
}

/** A Markdown table, its columns aligned. */
function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, i) =>
    i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
