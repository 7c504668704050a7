// npm run bench:sidebar -- [RUNS]: writes so many synthetic runs, loads them as the sidebar does, and prints how
// long the tree took to be there and the longest time that the extension host could do nothing else.
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { RunStore } from '../../extension/host/runStore';
import { RunTree } from '../../extension/host/treeModel';
import { experimentSettings } from '../../extension/shared/experiment';
import { makeRunId, type RunFile, type StatusFile } from '../../extension/shared/run';

const experiments = 20;
const methods = ['full', 'lora', 'dora'] as const;
const states = ['done', 'done', 'done', 'stopped', 'failed', 'lost'] as const;

function writeRun(directory: string, index: number): string {
  const method = methods[index % methods.length] ?? 'dora';
  const created = new Date(Date.UTC(2026, 0, 1) + index * 60_000);
  const experiment = `experiment-${index % experiments}`;
  const settings = experimentSettings.parse({
    name: experiment,
    model: 'models/some-model',
    data: { train: ['data/first.json', 'data/second.json'] },
    method,
    training: { seed: index },
  });
  const id = makeRunId(created, method, settings.adapter.rank, index.toString(16).padStart(4, '0'));
  const folder = join(directory, id);
  const run: RunFile = {
    format: 1,
    id,
    experiment,
    experimentFile: join(directory, '..', `${experiment}.experiment.json`),
    created: created.toISOString(),
    settings,
    varied: { method, 'training.seed': index },
    versions: { 'adapter-lab': '0.1.0', node: '20.0.0', platform: 'linux-x64' },
    gitCommit: null,
    model: [{ file: 'models/some-model', sha256: '0'.repeat(64) }],
    data: [{ file: 'data/first.json', sha256: '1'.repeat(64) }],
  };
  const status: StatusFile = {
    format: 1,
    state: states[index % states.length] ?? 'done',
    step: 200,
    steps: 200,
    loss: 2 * Math.abs(Math.sin(index)),
    tokensPerSecond: null,
    secondsLeft: null,
    pid: null,
    host: 'elsewhere',
    heartbeat: new Date(created.getTime() + 600_000).toISOString(),
  };
  mkdirSync(join(folder, 'checkpoints'), { recursive: true });
  writeFileSync(join(folder, 'run.json'), `${JSON.stringify(run, null, 2)}\n`);
  writeFileSync(join(folder, 'status.json'), `${JSON.stringify(status, null, 2)}\n`);
  writeFileSync(join(folder, 'events.jsonl'), '');
  if (index % 10 === 0) {
    const tags = { format: 1, star: index % 50 === 0, tags: ['kept'], notes: '' };
    writeFileSync(join(folder, 'tags.json'), `${JSON.stringify(tags)}\n`);
  }
  // As runs that ended long ago: those of the last minutes are watched closely.
  for (const name of ['status.json', 'events.jsonl', 'checkpoints', ''])
    utimesSync(join(folder, name), created, created);
  return folder;
}

/** Milliseconds of the work, and of the longest time in it that nothing else could run. */
async function measure(name: string, work: () => Promise<unknown>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.reset();
  const start = performance.now();
  await work();
  const took = performance.now() - start;
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.disable();
  console.log(
    `${name.padEnd(44)} ${took.toFixed(0)} ms, longest block ${(delay.max / 1e6).toFixed(0)} ms`,
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
    console.log(`${'the first of them in the tree'.padEnd(44)} ${firstMs.toFixed(0)} ms`);
    await measure('the watcher settles', () => new Promise((resolve) => setTimeout(resolve, 4000)));
    await measure('one run changes', () => store.read(folders.slice(0, 1)));
    await measure('refresh', () => store.refresh());
  } finally {
    store.dispose();
    rmSync(workspace, { recursive: true, force: true });
  }
}

void main();
