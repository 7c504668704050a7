// Another process that computes on every core.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';

const SPIN = `
const { Worker } = require('node:worker_threads');
let running = 0;
for (let i = 0; i < ${cpus().length}; i++)
  new Worker('let x = 1; for (;;) x = Math.sqrt(x + 1);', { eval: true }).on('online', () => {
    running += 1;
    if (running === ${cpus().length}) console.log('running');
  });`;

/** Runs `work` beside it. */
export async function besideBusyProcess<T>(work: () => Promise<T>): Promise<T> {
  const spinner = spawn(process.execPath, ['-e', SPIN], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    await once(spinner.stdout, 'data');
    return await work();
  } finally {
    spinner.kill('SIGKILL');
  }
}
