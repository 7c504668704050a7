// adapter-lab runs: the runs of a folder and how they stand.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { listCheckpoints } from '../runs/checkpoints';
import { listRuns, type ListedRun, type RunListing } from '../runs/runsDirectory';
import { Failure } from '../shared/failures';
import { activeStates } from '../shared/runStates';
import { tell, type Outcome, type OutputOptions } from './output';
import { duration, table } from './wording';

export const runsFolderName = 'runs';

export function addRuns(program: Command): void {
  program
    .command('runs')
    .description('list runs, the newest first')
    .argument('[dir]', 'folder of runs, or the folder of an experiment', '.')
    .option('--json', 'print {runs: [{id, folder, experiment, method, state, step, ...}], broken}')
    .addHelpText('after', '\nExamples:\n  adapter-lab runs\n  adapter-lab runs ~/boolq --json\n')
    .action(async (folder: string, options: OutputOptions) => {
      await tell(options, async () => show(await find(resolve(folder))));
    });
}

/** The runs in the folder itself, or in its `runs`. */
async function find(folder: string): Promise<RunListing> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure('file-missing', { file: folder, what: 'the folder of runs' });
  }
  const own = await listRuns(folder);
  if (own.runs.length > 0 || own.broken.length > 0) return own;
  return listRuns(join(folder, runsFolderName));
}

function show({ runs, broken }: RunListing): Outcome {
  const listed = runs.map(describeRun);
  const rows = listed.map((run) => [
    run.id,
    run.experiment,
    run.state,
    run.steps === 0 ? '' : `${run.step}/${run.steps}`,
    run.loss === null ? '' : run.loss.toFixed(4),
    run.secondsLeft === null || run.activity !== undefined ? '' : duration(run.secondsLeft),
    run.failure?.message ?? run.activity ?? '',
  ]);
  const head = ['run', 'experiment', 'state', 'step', 'loss', 'left', ''];
  const problems = broken.map(({ problem }) => problem);
  const text = rows.length === 0 ? 'There are no runs here.' : table(head, rows);
  return { json: { runs: listed, broken }, text: [text, ...problems].join('\n') };
}

/** A run as `runs`, `train` and `resume` print it. */
export function describeRun({ id, folder, run, status }: ListedRun) {
  const state = status?.state ?? 'lost';
  return {
    id,
    folder,
    experiment: run.experiment,
    method: run.settings.method,
    varied: run.varied,
    state,
    step: status?.step ?? 0,
    steps: status?.steps ?? 0,
    loss: status?.loss ?? null,
    tokensPerSecond: status?.tokensPerSecond ?? null,
    secondsLeft: status?.secondsLeft ?? null,
    ...(activeStates.includes(state) && status?.activity && { activity: status.activity }),
    created: run.created,
    checkpoints: listCheckpoints(folder).map((checkpoint) => checkpoint.folder),
    ...(status?.failure && { failure: status.failure }),
  };
}
