// adapter-lab experiments: what experiment files make, or why they make nothing. Settings alone are looked at;
// `inspect` and `train --check` look at models and data as well.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { asFileFailure } from '../model/jsonFile';
import { parseExperiment } from '../shared/experimentFile';
import { Failure } from '../shared/failures';
import { tell, type Outcome, type OutputOptions } from './output';
import { table } from './wording';

interface ReadExperiment {
  file: string;
  name: string;
  /** As the file names it. */
  model: string;
  methods: string[];
  /** Of the grid. */
  runs: number;
}

interface BrokenExperiment {
  file: string;
  /** A sentence. */
  problem: string;
  /** From 1. */
  line?: number;
}

export function addExperiments(program: Command): void {
  program
    .command('experiments')
    .description('list what experiment files make; a broken one says why')
    .argument('<file...>', 'NAME.experiment.json')
    .option('--json', 'print {experiments: [{file, name, model, methods, runs} | {file, problem}]}')
    .addHelpText('after', '\nExample:\n  adapter-lab experiments *.experiment.json\n')
    .action(async (files: string[], options: OutputOptions) => {
      await tell(options, () => Promise.resolve(list(files.map((file) => resolve(file)))));
    });
}

function list(files: string[]): Outcome {
  const experiments = files.map(readExperiment);
  const rows = experiments.map((one) =>
    'problem' in one
      ? [one.file, '', '', one.problem]
      : [one.file, one.name, String(one.runs), one.methods.join(', ')],
  );
  return { json: { experiments }, text: table(['file', 'experiment', 'runs', ''], rows) };
}

function readExperiment(file: string): ReadExperiment | BrokenExperiment {
  try {
    const { name, runs } = parseExperiment(textOf(file), file);
    const methods = [...new Set(runs.map(({ settings }) => settings.method))];
    return { file, name, model: runs[0]?.settings.model ?? '', methods, runs: runs.length };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message, data } = error as Failure & { data: { line?: number } };
    return { file, problem: message, ...(data.line !== undefined && { line: data.line }) };
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw asFileFailure(error, file, 'the experiment');
  }
}
