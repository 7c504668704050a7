// A judge behind an OpenAI-compatible endpoint. The key is in the header of its requests and nowhere else: what the
// server says of it is told without it.
import { Failure } from '../../shared/failures';
import type { ChatTurn } from '../../shared/judging/judgePrompt';
import { judgeUrlProblem } from '../../shared/judging/judgeUrl';
import { readCompletion, readError } from './completion';
import type { Judge, JudgeReply } from './judge';
import { backoffMs, pause, retryAfterMs } from './retryWaits';

export interface EndpointSettings {
  /** Base URL, such as http://localhost:8000/v1. */
  url: string;
  model: string;
  key?: string;
  /** For one reply. */
  timeoutMs: number;
  /** Requests before it counts as unreachable. */
  tries: number;
}

type Outcome =
  | JudgeReply
  /** Worth another try. */
  | { problem: string; afterMs?: number }
  /** It does not know a setting of the request. */
  | { unknownTemperature: true };

/** Whoever is told to wait longer has run out of its quota. */
const longestWaitMs = 10 * 60_000;
const retried = new Set([408, 409, 425, 429]);
/** This conversation is too long or not to its liking; the next one may be fine. */
const declined = new Set([400, 413, 422]);

export class JudgeEndpoint implements Judge {
  readonly name: string;
  private readonly target: string;
  /** No request leaves before: a server that asks for patience asks all of them. */
  private quietUntilMs = 0;
  /** The same verdict each time; models that think refuse to be told so. */
  private hasTemperature = true;

  constructor(private readonly settings: EndpointSettings) {
    this.name = settings.model;
    this.target = completionsUrl(settings.url);
    if (settings.key !== undefined && !/^[\x21-\x7e]+$/.test(settings.key)) {
      const problem = 'has characters that no key has, such as a space or a line break';
      throw new Failure('judge-invalid', { what: "The judge's key", problem });
    }
  }

  async ask(messages: readonly ChatTurn[], signal: AbortSignal): Promise<JudgeReply> {
    for (let attempt = 1; ;) {
      const quietMs = this.quietUntilMs - Date.now();
      if (quietMs > 0) await pause(quietMs, signal);
      const outcome = await this.post(messages, signal);
      if ('text' in outcome) return outcome;
      if ('unknownTemperature' in outcome) {
        this.hasTemperature = false;
        continue;
      }
      const { problem, afterMs = 0 } = outcome;
      if (attempt >= this.settings.tries || afterMs > longestWaitMs) {
        throw this.failure('judge-unreachable', problem);
      }
      if (afterMs > 0) this.quietUntilMs = Math.max(this.quietUntilMs, Date.now() + afterMs);
      await pause(Math.max(afterMs, backoffMs(attempt, Math.random)), signal);
      attempt += 1;
    }
  }

  private async post(messages: readonly ChatTurn[], signal: AbortSignal): Promise<Outcome> {
    const { model, key, timeoutMs } = this.settings;
    const hadTemperature = this.hasTemperature;
    const slow = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(this.target, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
        },
        body: JSON.stringify({ model, messages, ...(hadTemperature && { temperature: 0 }) }),
        // A request that is sent on loses its body, or takes the key to another server.
        redirect: 'manual',
        signal: AbortSignal.any([signal, slow]),
      });
      return this.outcomeOf(response, await response.text(), hadTemperature);
    } catch (error) {
      if (signal.aborted || error instanceof Failure) throw error;
      if (slow.aborted) return { problem: `it did not answer within ${timeoutMs / 1000} s` };
      return { problem: networkProblem(error) };
    }
  }

  private outcomeOf(response: Response, body: string, hadTemperature: boolean): Outcome {
    const { status } = response;
    if (response.ok) {
      return readCompletion(body) ?? { problem: 'what it answers is no chat completion' };
    }
    const { message, code } = readError(body);
    const problem = `it answers with ${status}${message === '' ? '' : ` (${message})`}`;
    if (status === 400 && hadTemperature && /temperature/i.test(message)) {
      return { unknownTemperature: true };
    }
    const isSpent = code === 'insufficient_quota';
    if ((retried.has(status) || status >= 500) && !isSpent) {
      const afterMs = retryAfterMs(response.headers.get('retry-after'), Date.now());
      return { problem, ...(afterMs !== undefined && { afterMs }) };
    }
    throw this.failure(declined.has(status) ? 'judge-declined' : 'judge-refused', problem);
  }

  private failure(
    code: 'judge-unreachable' | 'judge-declined' | 'judge-refused',
    problem: string,
  ): Failure {
    const { key } = this.settings;
    const told = key === undefined ? problem : problem.replaceAll(key, '(the key)');
    return new Failure(code, {
      judge: `${this.name} at ${new URL(this.target).origin}`,
      problem: told,
    });
  }
}

/** A base URL, or the whole address of the completions. */
export function completionsUrl(text: string): string {
  const problem =
    judgeUrlProblem(text) ?? (URL.canParse(text) ? undefined : 'names a port that there is not');
  if (problem !== undefined) {
    throw new Failure('judge-invalid', { what: 'The URL of the judge', problem });
  }
  const url = new URL(text);
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith('/chat/completions') ? path : `${path}/chat/completions`;
  return url.href;
}

/** fetch itself says "fetch failed" and why in its cause. */
function networkProblem(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its host is not known';
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return 'it closed the connection';
    default: {
      const told = cause instanceof Error ? cause : error;
      return told instanceof Error ? told.message : String(told);
    }
  }
}
