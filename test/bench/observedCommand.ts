// The built command line as a process, watched by observe.mjs.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Of this checkout, as npm run build makes it. */
export const ownCommand = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
const observer = join(import.meta.dirname, 'observe.mjs');
const pollMs = 20;
const longestWaitMs = 30_000;

/** What observe.mjs tells of a process. */
export interface ObservedProcess {
  steps: { endMs: number; processorSeconds: number }[];
  processorSeconds: number;
  peakBytes: number;
}

export interface ObservedCommand {
  /** What the command printed. */
  output: string;
  startMs: number;
  seconds: number;
  /** The command's own process and those of Node that it started. */
  processes: ObservedProcess[];
}

export async function observeCommand(
  args: string[],
  scratch: string,
  command = ownCommand,
): Promise<ObservedCommand> {
  const folder = mkdtempSync(join(scratch, 'observed-'));
  const startMs = nowMs();
  const env = { ...process.env, ADAPTER_LAB_OBSERVED: folder };
  const output = await runCommand(command, args, { node: ['--import', observer], env });
  const seconds = (nowMs() - startMs) / 1000;
  return { output, startMs, seconds, processes: await readObserved(folder) };
}

/** What it printed. Fails with what the command said. */
export async function runCommand(
  command: string,
  args: string[],
  { node = [], env = process.env }: { node?: string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  if (!existsSync(command)) throw new Error(`${command} is missing: run npm run build first.`);
  const child = spawn(process.execPath, [...node, command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  const output: string[] = [];
  const complaints: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0)
    throw new Error(`adapter-lab ${args.join(' ')}: ${complaints.join('').slice(-2000)}`);
  return output.join('');
}

async function readObserved(folder: string): Promise<ObservedProcess[]> {
  const startMs = nowMs();
  while (readdirSync(folder).some((name) => name.endsWith('.running'))) {
    if (nowMs() - startMs > longestWaitMs)
      throw new Error(`A process that ${folder} tells of does not end.`);
    await setTimeout(pollMs);
  }
  return readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ObservedProcess,
  );
}

/** As in every process of this machine. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
