// Another process that computes on every core.
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';

const SPIN = `
const { Worker } = require('node:worker_threads');
for (let i = 0; i < ${cpus().length}; i++) new Worker('let x = 1; for (;;) x = Math.sqrt(x + 1);', { eval: true });`;

/** Runs `work` beside it. */
export async function besideBusyProcess<T>(work: () => Promise<T>): Promise<T> {
  const spinner = spawn(process.execPath, ['-e', SPIN], { stdio: 'ignore' });
  try {
    return await work();
  } finally {
    spinner.kill('SIGKILL');
  }
}
