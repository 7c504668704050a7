// The bundled programs (command line, trainer) as child processes: the host itself never trains or loads the
// addon. VS Code's own Node runs them, so none need be installed.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { trainerEnvironment } from '../launch/trainerEnvironment';

export interface ProgramResult {
  /** Null if a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  input?: string;
  signal?: AbortSignal;
  /** Of the environment, beside the editor's own. */
  variables?: Readonly<Record<string, string>>;
  /** Each line of stderr as it comes: progress, where the command tells any. */
  onErrorLine?: (line: string) => void;
  /** Each line of stdout as it comes, of a command that asks; `reply` writes a line to its input, which stays open. */
  onOutputLine?: (line: string, reply: (line: string) => void) => void;
}

export class Programs {
  constructor(private readonly extensionFolder: string) {}

  get cli(): string {
    return join(this.extensionFolder, 'dist', 'cli.js');
  }

  get trainer(): string {
    return join(this.extensionFolder, 'dist', 'trainer.js');
  }

  /** Runs the command line to its end; an aborted `signal` kills it, and the promise is rejected. */
  run(
    parameters: readonly string[],
    { input = '', signal, variables, onErrorLine, onOutputLine }: RunOptions = {},
  ): Promise<ProgramResult> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [this.cli, ...parameters], {
        env: trainerEnvironment({ ...process.env, ...variables }),
        stdio: ['pipe', 'pipe', 'pipe'],
        ...(signal && { signal }),
      });
      // One that ends without reading its input is no failure.
      child.stdin.on('error', () => undefined);
      if (onOutputLine === undefined) child.stdin.end(input);
      else {
        createInterface(child.stdout).on('line', (line) => {
          onOutputLine(line, (reply) => child.stdin.write(`${reply}\n`));
        });
      }
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      if (onErrorLine !== undefined) createInterface(child.stderr).on('line', onErrorLine);
      child.once('error', reject);
      child.once('close', (code) => {
        resolve({ code, stdout, stderr });
      });
    });
  }
}
