// adapter-lab inspect: what is wrong with an experiment, what each run trains and how much memory it needs. Made for
// editors: --stdin takes the text as it stands there, saved or not.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { asFileFailure } from '../model/jsonFile';
import { decodeUtf8 } from '../model/utf8';
import {
  countedOf,
  type InspectedFile,
  type InspectedRun,
  type Inspection,
} from '../shared/inspection';
import { inspectExperiment } from '../trainer/inspect/inspectExperiment';
import { hasGpu } from '../trainer/devices/hasGpu';
import { machineSpeed } from '../trainer/plan/machineSpeed';
import { tell, type Outcome, type OutputOptions } from './output';
import { stepTime, table, trainedPercent, variedText } from './wording';

interface InspectOptions extends OutputOptions {
  stdin?: boolean;
  cache?: string;
}

export function addInspect(program: Command): void {
  program
    .command('inspect')
    .description('check an experiment; show parameters, steps, memory and tokens')
    .argument('<file>', 'NAME.experiment.json')
    .option('--stdin', 'read the text from standard input; paths stay relative to <file>')
    .option('--cache <folder>', 'keep token counts of data files there')
    .option('--json', 'print {problems, runs, runCount, files}')
    .addHelpText(
      'after',
      `
Every problem is told, not only the first. Nothing is created, and nothing is trained.

Examples:
  adapter-lab inspect starter.experiment.json
  adapter-lab inspect boolq.experiment.json --stdin --json < draft.json
`,
    )
    .action(async (file: string, options: InspectOptions) => {
      await tell(options, () => inspect(resolve(file), options));
    });
}

async function inspect(file: string, { stdin, cache }: InspectOptions): Promise<Outcome> {
  const source = decodeUtf8(stdin ? await readStdin() : readFile(file), file);
  const options = {
    ...(cache !== undefined && { cacheFolder: resolve(cache) }),
    speedOf: machineSpeed,
    hasGpu,
  };
  const inspection = await inspectExperiment(source, file, options);
  return { json: inspection, text: tellInspection(inspection, file) };
}

async function readStdin(): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function readFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw asFileFailure(error, file, 'the experiment');
  }
}

function tellInspection({ problems, runs, runCount, files }: Inspection, file: string): string {
  const told = problems.map(({ range, message, nearest }) => {
    const hint = nearest === undefined || message.includes(nearest) ? '' : ` Perhaps "${nearest}".`;
    return `${file}:${range.line}:${range.column}: ${message}${hint}`;
  });
  const parts = [...told];
  if (files.length > 0) parts.push(fileTable(files));
  if (runs.length > 0) parts.push(runTable(runs));
  if (runs.length < runCount) parts.push(`${runCount - runs.length} more runs are not shown.`);
  return parts.join('\n\n');
}

function fileTable(files: readonly InspectedFile[]): string {
  const rows = files.map(({ setting, records, tokens, longest, truncated, isSampled }) => {
    const about = isSampled ? '~' : '';
    return [
      setting,
      `${about}${records}`,
      `${about}${tokens}`,
      `${longest}`,
      `${about}${truncated}`,
    ];
  });
  return table(['file', 'records', 'tokens', 'longest', 'cut off'], rows);
}

function runTable(runs: readonly InspectedRun[]): string {
  const rows = runs.map((run) => {
    const { method, rank, varied, steps, peakBytes, stepSeconds } = run;
    const counted = countedOf(run);
    return [
      rank === null ? method : `${method} r${rank}`,
      variedText(varied),
      String(counted?.trainable ?? '?'),
      counted === undefined ? '?' : trainedPercent(counted),
      String(steps ?? '?'),
      peakBytes === null ? '?' : `${(peakBytes / 1e6).toFixed(0)} MB`,
      stepSeconds === null ? '?' : stepTime(stepSeconds),
    ];
  });
  return table(
    ['run', 'varied', 'trained values', 'of all', 'steps', 'peak memory', 'a step'],
    rows,
  );
}
