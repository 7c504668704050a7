// The command line that answers: a process of its own, started with the first question. Its input is its leash: when
// this window is gone it ends. Free of VS Code.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { trainerEnvironment } from '../../launch/trainerEnvironment';
import type { PlaygroundEvent, PlaygroundRequest } from '../../shared/playground';

export interface ProcessListener {
  onEvent(event: PlaygroundEvent): void;
  /** It is gone though nobody ended it. `signal`: of the fault, where there was one. */
  onLost(signal: string | undefined, lastWords: string): void;
}

export interface ProcessPlace {
  cli: string;
  /** Options of the command line. */
  machine: readonly string[];
}

/** Of what it says to stderr. */
const mostWords = 4000;
/** After the end of its input. */
const graceMs = 2000;

export class PlaygroundProcess {
  private child: ChildProcessWithoutNullStreams | undefined;

  constructor(
    private readonly place: () => ProcessPlace,
    private readonly listener: ProcessListener,
  ) {}

  /** Undefined while there is none. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts it if it is not there. */
  send(request: PlaygroundRequest): void {
    this.child ??= this.start();
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
  }

  /** Frees all of its memory; the next question starts another one. */
  end(): void {
    const { child } = this;
    this.child = undefined;
    if (child === undefined) return;
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    child.once('close', () => {
      clearTimeout(timer);
    });
  }

  private start(): ChildProcessWithoutNullStreams {
    const { cli, machine } = this.place();
    const parameters = [cli, 'playground', ...machine];
    const child = spawn(process.execPath, parameters, { env: trainerEnvironment(process.env) });
    const isCurrent = (): boolean => this.child === child;
    let words = '';
    // Of a process that has gone; its end is told below.
    child.stdin.on('error', () => undefined);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-mostWords);
    });
    createInterface(child.stdout).on('line', (line) => {
      const event = parseEvent(line);
      if (event !== undefined && isCurrent()) this.listener.onEvent(event);
    });
    child.once('error', (error) => {
      words += error.message;
    });
    child.once('close', (_, signal) => {
      if (!isCurrent()) return;
      this.child = undefined;
      this.listener.onLost(signal ?? undefined, words.trim());
    });
    return child;
  }
}

/** Undefined for what is no event: the last line of a process that died is seldom whole. */
export function parseEvent(line: string): PlaygroundEvent | undefined {
  try {
    return JSON.parse(line) as PlaygroundEvent;
  } catch {
    return undefined;
  }
}
