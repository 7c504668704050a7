// Asks `adapter-lab playground` as the editor does, and waits for what it tells.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseEvent } from '../../extension/host/playground/playgroundProcess';
import {
  usualSettings,
  type AnswerEvent,
  type AnswerSettings,
  type AskedModel,
  type PlaygroundEvent,
  type PlaygroundRequest,
} from '../../extension/shared/playground';
import { cacheFolder, cliFile } from './workspace';

const opened = new Set<ChildProcess>();

/** After each test. */
export function killPlaygrounds(): void {
  for (const child of opened) child.kill('SIGKILL');
  opened.clear();
}

export class Playground {
  readonly child: ChildProcess;
  readonly events: PlaygroundEvent[] = [];
  private readonly waiting = new Set<() => void>();

  constructor() {
    const env = { ...process.env, XDG_CACHE_HOME: cacheFolder };
    this.child = spawn(process.execPath, [cliFile, 'playground', '--threads', '2'], { env });
    if (this.child.stdout === null) throw new Error('no output');
    createInterface(this.child.stdout).on('line', (line) => {
      const event = parseEvent(line);
      if (event === undefined) return;
      this.events.push(event);
      for (const look of this.waiting) look();
    });
    opened.add(this.child);
  }

  send(request: PlaygroundRequest): void {
    this.child.stdin?.write(`${JSON.stringify(request)}\n`);
  }

  ask(models: AskedModel[], changes: Partial<AnswerSettings> = {}, round = 1): void {
    const settings = { ...usualSettings, maxNewTokens: 8, ...changes };
    this.send({ kind: 'ask', round, prompt: 'is 4 even or odd?', settings, models });
  }

  seen(accepts: (event: PlaygroundEvent) => boolean): Promise<PlaygroundEvent> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.events.find(accepts);
        if (found === undefined) return;
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
      look();
    });
  }

  async done(round = 1): Promise<void> {
    await this.seen((event) => event.kind === 'done' && event.round === round);
  }

  /** Of one model in a round. */
  of(id: string, round = 1): AnswerEvent[] {
    return this.events.flatMap((one) =>
      one.kind === 'answer' && one.id === id && one.round === round ? [one.event] : [],
    );
  }

  text(id: string, round = 1): string {
    return this.tokens(id, round)
      .map(({ text }) => text)
      .join('');
  }

  tokens(id: string, round = 1) {
    return this.of(id, round).flatMap((event) => (event.kind === 'tokens' ? event.tokens : []));
  }

  /** What is told when an answer begins. */
  started(id: string, round = 1) {
    const event = this.of(id, round).find(({ kind }) => kind === 'started');
    if (event?.kind !== 'started') throw new Error(`${id} never answered`);
    return event;
  }
}
