// A local server that speaks OpenAI's chat completions as far as a judge needs, and misbehaves as told.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChatTurn } from '../../../extension/shared/judging/judgePrompt';

export interface SeenRequest {
  path: string;
  authorization: string | undefined;
  body: { model: string; messages: ChatTurn[]; temperature?: number };
}

export type Behaviour =
  /** A reply of the judge's model. */
  | { reply: string }
  | { status: number; headers?: Record<string, string>; body?: string }
  /** Says nothing until it is closed. */
  | 'hang'
  /** Closes the connection in the middle of the answer. */
  | 'cut'
  | { body: string };

/** `number`: of the request, from 1. */
export type Script = (number: number, request: SeenRequest) => Behaviour;

export class JudgeServer {
  readonly seen: SeenRequest[] = [];
  /** Most requests that were under way at a time. */
  mostAtOnce = 0;
  private atOnce = 0;

  private constructor(
    private readonly server: Server,
    private script: Script,
  ) {}

  static async start(script: Script): Promise<JudgeServer> {
    const server = createServer((request, response) => {
      void judge.answer(request, response);
    });
    const judge = new JudgeServer(server, script);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return judge;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  behave(script: Script): void {
    this.script = script;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: path = '', headers } = request;
    let text = '';
    for await (const part of request) text += String(part);
    const body = JSON.parse(text) as SeenRequest['body'];
    const seen = { path, authorization: headers.authorization, body };
    this.seen.push(seen);
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    const behaviour = this.script(this.seen.length, seen);
    // Long enough for requests that are sent together to be under way together.
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.atOnce -= 1;
    send(response, behaviour);
  }
}

function send(response: ServerResponse, behaviour: Behaviour): void {
  if (behaviour === 'hang') return;
  if (behaviour === 'cut') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"choices": [');
    setTimeout(() => response.destroy(), 5);
    return;
  }
  if ('status' in behaviour) {
    response.writeHead(behaviour.status, behaviour.headers);
    response.end(behaviour.body ?? '');
    return;
  }
  const message = 'reply' in behaviour && { role: 'assistant', content: behaviour.reply };
  const body =
    'reply' in behaviour
      ? JSON.stringify({ model: 'judge-2026', choices: [{ index: 0, message }] })
      : behaviour.body;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(body);
}
