// adapter-lab train: every run of an experiment's grid is checked before anything is created; then the runs go
// one after another, here or, with --detach, in a process of its own; with --queue they wait for their turn.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { gitCommitOf } from '../launch/gitCommit';
import { prepareRun, type RunOrigin } from '../launch/prepareRun';
import { driveQueue } from '../launch/queueProcess';
import { toEnd, toFront } from '../launch/queueOrder';
import { joinQueue } from '../launch/queueRuns';
import { createRunFolder } from '../runs/runFolder';
import { runPaths } from '../runs/runPaths';
import { parseOverride, type Experiment, type ResolvedRun } from '../shared/experimentFile';
import { Failure } from '../shared/failures';
import { loadAddon } from '../trainer/loadAddon';
import { partsTitle } from '../trainer/profile/profileText';
import { preflight, readExperiment, type CheckedRun } from '../trainer/preflight';
import { collect } from './arguments';
import { detachDriver } from './drive';
import { tell, type Outcome, type OutputOptions } from './output';
import { openProgress } from './progress';
import { outcomeOf, RunQueue, type RunOutcome } from './runQueue';
import { runsFolderName } from './runs';
import { runTable } from './runTable';
import { table, trainedPercent, variedText } from './wording';

interface TrainOptions extends OutputOptions {
  set?: string[];
  runs?: string;
  check?: boolean;
  detach?: boolean;
  queue?: string;
  front?: boolean;
  profile?: true | string;
}

/** Of --profile without a number. */
const profiledSteps = 5;

/** Ids are made of the second and 4 hex digits. */
const idAttempts = 5;

export function addTrain(program: Command): void {
  program
    .command('train')
    .description('train every run of an experiment')
    .argument('<file>', 'NAME.experiment.json')
    .option('--set <key=value>', 'another value for a setting, dotted; may be repeated', collect)
    .option('--runs <dir>', 'folder for runs; "runs" beside the experiment when left out')
    .option('--check', 'check settings, model and data, and create nothing')
    .option('--detach', 'start, print the folders and return; training goes on')
    .option('--queue <dir>', 'wait in this queue for the runs before; returns as --detach does')
    .option('--front', 'with --queue: before those that wait there')
    .option('--profile [steps]', `say where the time of so many steps goes (${profiledSteps})`)
    .option('--json', 'print {runs: [{id, folder, state, ...}]}')
    .addHelpText(
      'after',
      `
All runs of the grid are checked before the first is created. Ctrl-C once stops after the step, with a
checkpoint; twice leaves, and the run goes on by itself.

Examples:
  adapter-lab train starter.experiment.json
  adapter-lab train boolq.experiment.json --set method=lora --set training.steps=20
  adapter-lab train boolq.experiment.json --runs /scratch/runs --detach --json
  adapter-lab train boolq.experiment.json --queue ~/.adapter-lab-queue
`,
    )
    .action(async (file: string, options: TrainOptions) => {
      await tell(options, () => train(file, options));
    });
}

async function train(file: string, options: TrainOptions): Promise<Outcome> {
  if (options.front && options.queue === undefined) {
    throw new Failure('command-invalid', { problem: '--front needs --queue' });
  }
  loadAddon();
  const { profile, set = [] } = options;
  if (profile !== undefined) {
    set.push(`diagnostics.profile=${profile === true ? profiledSteps : profile}`);
  }
  const overrides = Object.fromEntries(set.map(parseOverride));
  const experiment = readExperiment(resolve(file), overrides);
  const checked = await preflight(experiment);
  if (options.check) return tellCheck(checked);
  const runsDirectory = resolve(options.runs ?? join(dirname(experiment.file), runsFolderName));
  const folders = await createFolders(experiment, checked, runsDirectory);
  if (options.queue !== undefined) await wait(resolve(options.queue), folders, options);
  else if (options.detach) detachDriver(folders);
  if (options.queue !== undefined || options.detach) {
    const runs = folders.map(outcomeOf);
    return { json: { runs }, text: folders.join('\n') };
  }
  const runs = await new RunQueue(folders, openProgress()).run();
  const text = [await runTable(runs), ...folders.flatMap(profileOf)].join('\n\n');
  return { json: { runs }, text, isFailed: isAnyFailed(runs) };
}

/** What was told of a run's profiled steps; layers stand in the file alone. */
function profileOf(folder: string): string[] {
  const { profile } = runPaths(folder);
  const file = join(profile, 'profile.md');
  if (!existsSync(file)) return [];
  const [operations = ''] = readFileSync(file, 'utf8').split(`\n${partsTitle}`);
  const trace = `For chrome://tracing and ui.perfetto.dev: ${join(profile, 'trace.json')}`;
  return [`${operations}\nBy layer: ${file}\n${trace}`];
}

function tellCheck(runs: CheckedRun[]): Outcome {
  const checked = runs.map(({ settings, varied, steps, records, trainable, added, parameters }) => {
    return { method: settings.method, varied, steps, records, trainable, added, parameters };
  });
  const rows = runs.map(({ settings, ...run }) => [
    settings.method === 'full' ? settings.method : `${settings.method} r${settings.adapter.rank}`,
    variedText(run.varied),
    String(run.steps),
    String(run.trainable),
    trainedPercent(run),
  ]);
  const text = table(['run', 'varied', 'steps', 'trained values', 'of all'], rows);
  return { json: { checked }, text };
}

async function createFolders(
  { file, runs }: Experiment,
  checked: CheckedRun[],
  runsDirectory: string,
): Promise<string[]> {
  const version = process.env.ADAPTER_LAB_VERSION ?? 'development';
  const gitCommit = await gitCommitOf(dirname(file));
  return runs.flatMap((run, index) => {
    const one = checked[index];
    if (one === undefined) return [];
    const { trainable, added, parameters, fingerprints } = one;
    const counts = { trainable, added, parameters };
    const origin = { experimentFile: file, version, gitCommit, ...fingerprints, ...counts };
    return [createFolder(runsDirectory, { ...run, settings: one.settings }, origin)];
  });
}

function createFolder(runsDirectory: string, run: ResolvedRun, origin: RunOrigin): string {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return createRunFolder(runsDirectory, prepareRun(run, origin));
    } catch (error) {
      const isTaken = error instanceof Failure && error.code === 'run-exists';
      if (!isTaken || attempt === idAttempts) throw error;
    }
  }
}

async function wait(directory: string, folders: string[], options: TrainOptions): Promise<void> {
  await joinQueue(directory, folders, options.front ? toFront : toEnd);
  driveQueue(directory, process.argv[1] ?? __filename);
}

export function isAnyFailed(runs: RunOutcome[]): boolean {
  return runs.some(({ state }) => state === 'failed' || state === 'lost');
}
