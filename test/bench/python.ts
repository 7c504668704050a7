// The reference side's Python: an environment outside the project, and JSON in, JSON out.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;
const requirements = join(here, '..', 'golden', 'requirements.txt');

function must(command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed.`);
}

/** The given interpreter, or that of an environment in the user's cache folder, made on first use (5.6 GB). */
export function pythonEnvironment(given: string | undefined): string {
  if (given !== undefined) return given;
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const environment = join(cache, 'adapter-lab', 'bench-venv');
  const python = join(environment, 'bin', 'python');
  const whole = join(environment, 'complete');
  if (existsSync(whole)) return python;
  process.stderr.write(`Making a Python environment with torch and peft in ${environment}\n`);
  must('python3', '-m', 'venv', environment);
  must(python, '-m', 'pip', 'install', '--quiet', '--requirement', requirements);
  must('touch', whole);
  return python;
}

/** Runs test/bench/python/SCRIPT with the job on stdin and parses what it prints. */
export function runPython(python: string, script: string, job: object): Promise<unknown> {
  return runScript(python, [join(here, 'python', script)], job);
}

/** The same for a script of the golden values, with parameters. */
export function runGenerator(
  python: string,
  [script = '', ...parameters]: string[],
  job: object,
): Promise<unknown> {
  return runScript(python, [join(here, '..', 'golden', 'generate', script), ...parameters], job);
}

async function runScript(python: string, parameters: string[], job: object): Promise<unknown> {
  const child = spawn(python, parameters, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, HF_HUB_OFFLINE: '1', HF_HUB_DISABLE_PROGRESS_BARS: '1' },
  });
  const output: string[] = [];
  const complaints: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  child.stdin.end(JSON.stringify(job));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0)
    throw new Error(`${parameters.join(' ')} failed:\n${complaints.join('').slice(-2000)}`);
  return JSON.parse(output.join('')) as unknown;
}
