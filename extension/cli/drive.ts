// adapter-lab drive: trains run after run without a word, given or from a queue. Started by other commands and by
// the editor, never by people.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { QueueDriver } from '../launch/queueDriver';
import { trainerEnvironment } from '../launch/trainerEnvironment';
import { tell, type Outcome } from './output';
import { localLauncher, RunQueue } from './runQueue';

export function addDrive(program: Command): void {
  program
    .command('drive', { hidden: true })
    .description('train waiting runs one after another, without a word')
    .argument('[folder...]', 'runs, in this order')
    .option('--queue <dir>', 'those that wait in this queue, until none is left')
    .action(async (folders: string[], { queue }: { queue?: string }) => {
      await tell({}, () => (queue === undefined ? driveRuns(folders) : driveQueue(resolve(queue))));
    });
}

function noop(): void {
  // A driver has nobody to tell: the run folders say everything.
}

async function driveRuns(folders: string[]): Promise<Outcome> {
  const runs = await new RunQueue(folders, { update: noop, note: noop, end: noop }).run();
  const isFailed = runs.some(({ state }) => state === 'failed' || state === 'lost');
  return { json: {}, text: '', isFailed };
}

async function driveQueue(directory: string): Promise<Outcome> {
  const isInstalled = (): boolean => existsSync(__filename);
  await new QueueDriver(directory, { launcher: localLauncher(), isInstalled }).drive();
  return { json: {}, text: '' };
}

/** A process of its own that drives these runs. */
export function detachDriver(folders: string[]): void {
  const script = process.argv[1] ?? __filename;
  const child = spawn(process.execPath, [script, 'drive', ...folders], {
    detached: true,
    env: trainerEnvironment(process.env),
    stdio: 'ignore',
    windowsHide: true,
  });
  child.unref();
}
