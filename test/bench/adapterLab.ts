// Our side: the built command line on an experiment file, its events read from the run folder.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { StepResult, Work, WorkResult } from './work';

const command = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
const POLL_MS = 100;

/** `adapter-lab ARGS --json`: the parsed object. Fails with what the command said. */
export async function adapterLab(args: string[], onPoll?: () => void): Promise<unknown> {
  const child = spawn(process.execPath, [command, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const complaints: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  const timer = onPoll && setInterval(onPoll, POLL_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  clearInterval(timer);
  if (code !== 0)
    throw new Error(`adapter-lab ${args.join(' ')}: ${complaints.join('').slice(-2000)}`);
  return JSON.parse(output.join('')) as unknown;
}

function experimentOf(work: Work): object {
  const { model, data, method, adapter, batchSize, maxLength, steps } = work;
  const { learningRate, clipNorm, threads, seed } = work;
  return {
    name: 'bench',
    model,
    data: {
      train: [data],
      validation: 0,
      template: 'paper',
      lossOn: 'all',
      maxLength,
      shuffle: false,
    },
    method,
    ...(adapter === null ? {} : { adapter: { initialAdapter: adapter } }),
    training: {
      batchSize,
      steps,
      learningRate,
      schedule: 'constant',
      warmupSteps: 0,
      clipNorm,
      seed,
    },
    threads,
  };
}

/** The largest resident size so far of the process that owns the run, 0 before there is one. */
function peakOf(runs: string): number {
  try {
    for (const run of readdirSync(runs)) {
      const { pid } = JSON.parse(readFileSync(join(runs, run, 'status.json'), 'utf8')) as {
        pid: number;
      };
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
    }
  } catch {
    return 0; // not started yet, or just gone
  }
  return 0;
}

function stepsOf(folder: string): StepResult[] {
  const lines = readFileSync(join(folder, 'events.jsonl'), 'utf8').trim().split('\n');
  const events = lines.map((line) => JSON.parse(line) as StepResult & { type: string });
  return events.filter(({ type }) => type === 'step');
}

/** Trains in a new folder inside `scratch`. */
export async function trainHere(
  work: Work,
  scratch: string,
): Promise<WorkResult & { folder: string }> {
  if (!existsSync(command)) throw new Error('dist/cli.js is missing: run npm run build first.');
  const home = mkdtempSync(join(scratch, 'ours-'));
  const file = join(home, 'bench.experiment.json');
  const runs = join(home, 'runs');
  mkdirSync(runs);
  writeFileSync(file, JSON.stringify(experimentOf(work)));
  let peakBytes = 0;
  const poll = (): void => {
    peakBytes = Math.max(peakBytes, peakOf(runs));
  };
  const result = (await adapterLab(['train', file, '--runs', runs], poll)) as {
    runs: { folder: string; state: string }[];
  };
  const run = result.runs[0];
  if (run?.state !== 'done') throw new Error(`The run in ${runs} is ${run?.state ?? 'missing'}.`);
  return { steps: stepsOf(run.folder), peakBytes, folder: run.folder };
}
