// What an experiment needs before it starts, as a page to read: each run's peak memory by part. Free of VS Code.
import {
  countedOf,
  type InspectedRun,
  type Inspection,
  type MemoryParts,
} from '../../shared/inspection';
import { durationText, sizeText } from '../../shared/timeText';
import { trainableShare } from '../../shared/trainableShare';
import type { Translate } from '../../shared/translate';
import { escapeMarkdown } from '../markdownText';
import { amountText, percentText } from '../../shared/amounts';

export interface Machine {
  totalBytes: number;
  freeBytes: number;
}

const barLength = 10;
/** Runs whose parts stand side by side. */
const mostColumns = 4;

export function memoryReport(
  name: string,
  inspection: Inspection,
  machine: Machine,
  t: Translate,
): string {
  const runs = inspection.runs.filter(({ memory }) => memory !== null);
  if (runs.length === 0) return [`# ${name}`, nothingKnown(inspection, t)].join('\n\n');
  return [
    `# ${t('Memory of {0}', escapeMarkdown(name))}`,
    verdict(runs, machine, t),
    runTable(runs, t),
    ...(inspection.runCount > inspection.runs.length
      ? [t('The first {0} of {1} runs are shown.', inspection.runs.length, inspection.runCount)]
      : []),
    `## ${t('By part')}`,
    partTable(shownColumns(runs), t),
    explanations(t),
    ...problems(inspection, t),
  ].join('\n\n');
}

function nothingKnown({ problems }: Inspection, t: Translate): string {
  const lines = problems.map(({ message, range }) => `- ${t('Line {0}', range.line)}: ${message}`);
  return [t('Nothing can be estimated before these problems are solved:'), ...lines].join('\n\n');
}

function verdict(runs: readonly InspectedRun[], machine: Machine, t: Translate): string {
  const most = Math.max(...runs.map(({ peakBytes }) => peakBytes ?? 0));
  const [need, total, free] = [most, machine.totalBytes, machine.freeBytes].map(sizeText);
  const figures = t(
    'The largest run needs about **{0}** at its peak. This machine has {1}, of which {2} are free. Runs of a grid train one after another.',
    need ?? '',
    total ?? '',
    free ?? '',
  );
  if (most <= machine.freeBytes) return figures;
  const advice = t(
    'That is more than is free: lower `training.batchSize` or `data.maxLength` (raise `training.accumulation` to keep the batch), or set `training.activationCheckpointing`.',
  );
  return `${figures}\n\n⚠ **${advice}**`;
}

const partNames: readonly (keyof MemoryParts)[] = [
  'weights',
  'adapter',
  'gradients',
  'optimizer',
  'activations',
  'logits',
  'saving',
  'program',
];

function runTable(runs: readonly InspectedRun[], t: Translate): string {
  const most = Math.max(...runs.map(({ peakBytes }) => peakBytes ?? 0));
  const head = [t('Run'), '', t('Peak'), t('Trained'), t('Of all'), t('Steps'), t('Time')];
  const rows = runs.map((run) => {
    const { peakBytes, steps, stepSeconds } = run;
    const counted = countedOf(run);
    return [
      `**${unbroken(runName(run))}**`,
      bar((peakBytes ?? 0) / most),
      `**${unbroken(sizeText(peakBytes ?? 0))}**`,
      counted === undefined ? '' : unbroken(amountText(counted.trainable)),
      counted === undefined ? '' : unbroken(percentText(trainableShare(counted))),
      String(steps ?? ''),
      steps === null || stepSeconds === null ? '' : timeText(steps * stepSeconds, t),
    ];
  });
  return table(head, rows, 2);
}

/** An estimate, which says so. */
function timeText(seconds: number, t: Translate): string {
  return unbroken(`≈ ${durationText(seconds, t)}`);
}

/** All of a few, the smallest and the largest of many. */
function shownColumns(runs: readonly InspectedRun[]): readonly InspectedRun[] {
  if (runs.length <= mostColumns) return runs;
  const bySize = [...runs].sort((a, b) => (a.peakBytes ?? 0) - (b.peakBytes ?? 0));
  return [bySize[0], bySize.at(-1)].filter((run) => run !== undefined);
}

function partTable(runs: readonly InspectedRun[], t: Translate): string {
  const words = partWords(t);
  const head = ['', ...runs.map((run) => unbroken(runName(run)))];
  const rows = partNames.map((part) => [
    words[part].name,
    ...runs.map(({ memory }) => unbroken(sizeText(memory?.[part] ?? 0))),
  ]);
  return table(head, rows, 1);
}

/** Spaces that no line ends at. */
function unbroken(text: string): string {
  return escapeMarkdown(text).replaceAll(' ', '\u00a0');
}

function problems({ problems: found }: Inspection, t: Translate): string[] {
  if (found.length === 0) return [];
  const lines = found.map(({ message, range }) => `- ${t('Line {0}', range.line)}: ${message}`);
  return [`## ${t('Problems of the file')}`, lines.join('\n')];
}

/** "dora r16, learningRate 0.002" */
function runName({
  method,
  rank,
  varied,
}: Pick<InspectedRun, 'method' | 'rank' | 'varied'>): string {
  const own = Object.entries(varied)
    .filter(([setting]) => setting !== 'method' && setting !== 'adapter.rank')
    .map(([setting, value]) => `${setting.split('.').at(-1) ?? ''} ${shown(value)}`);
  return [rank === null ? method : `${method} r${rank}`, ...own].join(', ');
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function partWords(t: Translate): Record<keyof MemoryParts, { name: string; text: string }> {
  return {
    weights: { name: t('Weights'), text: t('All values of the base model, four bytes each.') },
    adapter: { name: t('Adapter'), text: t('Low-rank matrices and, for DoRA, magnitudes.') },
    gradients: { name: t('Gradients'), text: t('One value for each that is trained.') },
    optimizer: { name: t('Optimizer'), text: t("AdamW's two moments of each trained value.") },
    activations: {
      name: t('Activations'),
      text: t(
        'What the backward pass needs of the largest micro-batch, working memory of a layer, and keys and values while tasks are evaluated. Grows with batchSize and maxLength.',
      ),
    },
    logits: { name: t('Logits'), text: t('One chunk of tokens; never all of them.') },
    saving: { name: t('Saving'), text: t('Copies of tensors while a checkpoint is written.') },
    program: { name: t('Program'), text: t('The trainer itself, the tokenizer and the records.') },
  };
}

function explanations(t: Translate): string {
  const words = partWords(t);
  return partNames.map((part) => `- **${words[part].name}**: ${words[part].text}`).join('\n');
}

function bar(share: number): string {
  const full = Math.max(1, Math.round(share * barLength));
  return '▰'.repeat(full) + '▱'.repeat(barLength - full);
}

/** The first `left` columns to the left, numbers to the right. */
function table(head: readonly string[], rows: readonly string[][], left: number): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column < left ? ':--' : '--:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
