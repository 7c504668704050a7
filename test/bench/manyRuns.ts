// npm run bench:sidebar -- [RUNS]: writes so many synthetic runs, loads them as the sidebar does, and prints how
// long the tree took to be there and the longest time that the extension host could do nothing else.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { RunStore } from '../../extension/host/runStore';
import { RunTree } from '../../extension/host/treeModel';
import { writeRun } from './syntheticRun';

/** Milliseconds of the work, and of the longest time in it that nothing else could run. */
async function measure(name: string, work: () => Promise<unknown>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.reset();
  const start = performance.now();
  const cpuBefore = process.cpuUsage();
  await work();
  const took = performance.now() - start;
  // On a busy machine the clock tells of the others too.
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpuMs = (user + system) / 1000;
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.disable();
  console.log(
    `${name.padEnd(36)} ${took.toFixed(0)} ms (${cpuMs.toFixed(0)} ms of processor), ` +
      `longest block ${(delay.max / 1e6).toFixed(0)} ms`,
  );
}

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 10_000);
  const workspace = mkdtempSync(join(tmpdir(), 'adapter-lab-many-'));
  const directory = join(workspace, 'runs');
  const folders = Array.from({ length: count }, (_, index) => writeRun(directory, index));
  const store = new RunStore((sentence) => {
    throw new Error(sentence);
  });
  const tree = new RunTree((message) => message);
  let firstMs = 0;
  const startMs = performance.now();
  store.onDidChange((changed) => {
    tree.update(store, changed);
    if (firstMs === 0 && tree.count > 0) firstMs = performance.now() - startMs;
  });
  try {
    await measure(`${count} runs read and in the tree`, () => store.watch([directory]));
    console.log(`${'the first of them in the tree'.padEnd(36)} ${firstMs.toFixed(0)} ms`);
    await measure('the watcher settles', () => new Promise((resolve) => setTimeout(resolve, 4000)));
    await measure('one run changes', () => store.read(folders.slice(0, 1)));
    await measure('refresh', () => store.refresh());
  } finally {
    store.dispose();
    rmSync(workspace, { recursive: true, force: true });
  }
}

void main();
