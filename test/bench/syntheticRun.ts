// Folders of runs as a long-used workspace has them, made without training.
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { experimentSettings } from '../../extension/shared/experiment';
import { makeRunId, type RunFile, type StatusFile } from '../../extension/shared/run';

const experiments = 20;
const methods = ['full', 'lora', 'dora'] as const;
const states = ['done', 'done', 'done', 'stopped', 'failed', 'lost'] as const;

/** Done, stopped, failed and lost ones, some of them starred. */
export function writeRun(directory: string, index: number): string {
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
