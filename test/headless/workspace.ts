// A folder with a model, data and an experiment to try the built command line on.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { writeTinyModel } from './tinyModel';

export const cliFile = resolve(import.meta.dirname, '../../dist/cli.js');
export const trainerFile = resolve(import.meta.dirname, '../../dist/trainer.js');
/** Of what commands keep for the next one; the user's own stays as it is. */
export const cacheFolder = join(tmpdir(), 'adapter-lab-test-cache');
export const goldenFolder = resolve(import.meta.dirname, '../golden');

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Of a command with --json. */
export interface JsonResult<T> {
  code: number | null;
  stderr: string;
  json: T;
}

export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'adapter-lab-'));

  constructor() {
    if (!existsSync(cliFile)) throw new Error('dist/cli.js is not there: npm run build:ts');
    writeTinyModel(this.path('model'));
    mkdirSync(this.path('data/parity'), { recursive: true });
    this.writeJson('data/train.json', records(24));
    this.writeJson('data/parity/test.json', questions(6));
    this.writeJson('data/parity/task.json', {
      ...{ questions: 'test.json', template: '{instruction} ', pattern: 'even|odd' },
      ...{ beams: 1, maxNewTokens: 4 },
    });
    this.writeExperiment();
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  writeJson(name: string, value: unknown): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), JSON.stringify(value, null, 1));
  }

  readJson(name: string): unknown {
    return JSON.parse(readFileSync(this.path(name), 'utf8'));
  }

  /** `changes` replace top-level settings. */
  writeExperiment(changes: object = {}, name = 'tiny.experiment.json'): void {
    this.writeJson(name, { ...tinyExperiment(), ...changes });
  }

  cli(...parameters: string[]): Promise<CliResult> {
    return ended(this.start(parameters));
  }

  /** With --json, and its one object parsed. */
  async json<T>(...parameters: string[]): Promise<JsonResult<T>> {
    const { code, stdout, stderr } = await this.cli(...parameters, '--json');
    return { code, stderr, json: JSON.parse(stdout) as T };
  }

  /** `variables` of the environment beside the test's own. */
  start(parameters: string[], variables: Record<string, string> = {}): ChildProcess {
    const env = { ...process.env, XDG_CACHE_HOME: cacheFolder, ...variables };
    return spawn(process.execPath, [cliFile, ...parameters], { cwd: this.folder, env });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function ended(child: ChildProcess): Promise<CliResult> {
  return new Promise((resolveResult, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => {
      resolveResult({ code, stdout, stderr });
    });
  });
}

export function tinyExperiment(): Record<string, object | string | number> {
  return {
    name: 'tiny',
    model: 'model',
    data: { train: ['data/train.json'], template: '{instruction} {output}', maxLength: 64 },
    method: 'dora',
    adapter: { rank: 4, alpha: 8, dropout: 0.05 },
    training: { batchSize: 4, steps: 12, learningRate: 0.01, warmupSteps: 0 },
    checkpoints: { every: 4, keep: 10 },
    diagnostics: { every: 0 },
    threads: 2,
  };
}

interface Sample {
  instruction: string;
  input: string;
  output: string;
  answer: string;
}

export function records(count: number): Sample[] {
  return Array.from({ length: count }, (_, i) => {
    const answer = i % 2 === 0 ? 'even' : 'odd';
    return { instruction: `is ${i} even or odd?`, input: '', output: answer, answer };
  });
}

function questions(count: number): Sample[] {
  return records(count);
}
