// adapter-lab resume: a run that stopped, failed or was lost goes on from its last checkpoint.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { clearControl } from '../runs/control';
import { readRunOrFail } from '../runs/runFolder';
import { tell, type Outcome, type OutputOptions } from './output';
import { openProgress } from './progress';
import { RunQueue } from './runQueue';
import { runTable } from './runTable';
import { isAnyFailed } from './train';

export function addResume(program: Command): void {
  program
    .command('resume')
    .description('go on with a run from its last checkpoint')
    .argument('<run-folder>', 'folder of a run that stopped, failed or was lost')
    .option('--json', 'print {runs: [{id, folder, state, ...}]}')
    .addHelpText(
      'after',
      `
A resumed run gives, on the same machine, the same bits as one that was never stopped.

Example:
  adapter-lab resume runs/20261124T021504Z-dora-r32-9f3a
`,
    )
    .action(async (folder: string, options: OutputOptions) => {
      await tell(options, () => resume(resolve(folder)));
    });
}

async function resume(folder: string): Promise<Outcome> {
  readRunOrFail(folder);
  clearControl(folder);
  const runs = await new RunQueue([folder], openProgress()).run();
  return { json: { runs }, text: await runTable(runs), isFailed: isAnyFailed(runs) };
}
