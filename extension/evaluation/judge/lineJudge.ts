// A judge at the other end of two streams: questions go out and replies come in as lines of JSON. The editor lends its
// language models this way, and a script can answer with whatever it has.
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { isObject } from '../../model/jsonFile';
import { Failure } from '../../shared/failures';
import type { ChatTurn } from '../../shared/judging/judgePrompt';
import type { Judge, JudgeReply } from './judge';
import { parseOrUndefined } from '../../runs/lineLog';

type JudgeProblem = 'judge-unreachable' | 'judge-declined' | 'judge-refused';

interface Waiting {
  resolve: (reply: JudgeReply) => void;
  reject: (error: Error) => void;
}

/**
 * Out: {ask, messages: [{role, content}]}, `ask` a number. In: {ask, text}, or {ask, problem, code} where the code is
 * judge-declined (not this conversation) or judge-refused (none at all). At the end of the input nobody judges.
 */
export class LineJudge implements Judge {
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;
  private isOver = false;
  private readonly lines;

  constructor(
    readonly name: string,
    input: Readable,
    private readonly output: Writable,
  ) {
    this.lines = createInterface(input);
    this.lines.on('line', (line) => {
      this.take(parseOrUndefined(line));
    });
    this.lines.once('close', () => {
      this.isOver = true;
      for (const ask of [...this.waiting.keys()]) this.end(ask, this.gone());
    });
  }

  ask(messages: readonly ChatTurn[], signal: AbortSignal): Promise<JudgeReply> {
    if (this.isOver) return Promise.reject(this.gone());
    signal.throwIfAborted();
    const ask = (this.asked += 1);
    return new Promise((resolve, reject) => {
      this.waiting.set(ask, { resolve, reject });
      this.output.write(`${JSON.stringify({ ask, messages })}\n`);
    });
  }

  /** Nothing more is asked; without it the process would wait for its input. */
  close(): void {
    this.lines.close();
  }

  private take(line: unknown): void {
    if (!isObject(line) || typeof line.ask !== 'number') return;
    if (typeof line.text === 'string') {
      const served = typeof line.served === 'string' ? { served: line.served } : {};
      this.end(line.ask, { text: line.text, ...served });
      return;
    }
    const problem = typeof line.problem === 'string' ? line.problem : 'it gave no text';
    this.end(line.ask, this.failure(codeOf(line.code), problem.replace(/\.$/, '')));
  }

  private end(ask: number, outcome: JudgeReply | Failure): void {
    const waiting = this.waiting.get(ask);
    this.waiting.delete(ask);
    if (outcome instanceof Failure) waiting?.reject(outcome);
    else waiting?.resolve(outcome);
  }

  private gone(): Failure {
    return this.failure('judge-refused', 'its input has ended');
  }

  private failure(code: JudgeProblem, problem: string): Failure {
    return new Failure(code, { judge: this.name, problem });
  }
}

function codeOf(code: unknown): JudgeProblem {
  return code === 'judge-declined' || code === 'judge-refused' ? code : 'judge-unreachable';
}
