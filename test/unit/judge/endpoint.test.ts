// The judge behind an endpoint, against a local server that is slow, busy, broken or not there.
import { afterEach, describe, expect, test } from 'vitest';
import { completionsUrl, JudgeEndpoint } from '../../../extension/evaluation/judge/endpoint';
import { readCompletion, readError } from '../../../extension/evaluation/judge/completion';
import { backoffMs, retryAfterMs } from '../../../extension/evaluation/judge/retryWaits';
import { Failure } from '../../../extension/shared/failures';
import { JudgeServer, type Script } from './judgeServer';

const messages = [{ role: 'user' as const, content: 'Grade it.' }];
const never = new AbortController().signal;
let server: JudgeServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Changes {
  key?: string;
  tries?: number;
  timeoutMs?: number;
}

async function judgeFor(
  script: Script,
  { key, tries = 2, timeoutMs = 5000 }: Changes = {},
): Promise<{ endpoint: JudgeEndpoint; served: JudgeServer }> {
  const served = (server = await JudgeServer.start(script));
  const endpoint = new JudgeEndpoint({
    ...{ url: served.url, model: 'judge-a', tries, timeoutMs },
    ...(key !== undefined && { key }),
  });
  return { endpoint, served };
}

async function failureOf(asking: Promise<unknown>): Promise<Failure> {
  const error: unknown = await asking.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw new Error(`no failure: ${String(error)}`);
}

describe('a request', () => {
  test('carries model, messages and key, and its reply the model that served it', async () => {
    const { endpoint, served } = await judgeFor(() => ({ reply: '[[7]]' }), { key: 'sk-1' });
    expect(await endpoint.ask(messages, never)).toEqual({ text: '[[7]]', served: 'judge-2026' });
    expect(served.seen).toEqual([
      {
        path: '/v1/chat/completions',
        authorization: 'Bearer sk-1',
        body: { model: 'judge-a', messages, temperature: 0 },
      },
    ]);
  });

  test('has no such header without a key', async () => {
    const { endpoint, served } = await judgeFor(() => ({ reply: '[[7]]' }));
    await endpoint.ask(messages, never);
    expect(served.seen[0]?.authorization).toBeUndefined();
  });

  test('is sent without a temperature to a model that knows none, from then on', async () => {
    const { endpoint, served } = await judgeFor((_, { body }) =>
      body.temperature === undefined
        ? { reply: '[[7]]' }
        : { status: 400, body: '{"error": {"message": "Unsupported value: temperature"}}' },
    );
    await endpoint.ask(messages, never);
    await endpoint.ask(messages, never);
    expect(served.seen.map(({ body }) => body.temperature)).toEqual([0, undefined, undefined]);
  });
});

describe('another try', () => {
  test.each([
    ['an error of the server', { status: 500 }],
    ['a gateway without a server', { status: 502, body: '<html>Bad gateway</html>' }],
    ['a cut connection', 'cut' as const],
    ['a page that is no completion', { body: '<html>Welcome</html>' }],
    ['a completion without choices', { body: '{"choices": []}' }],
  ])('after %s', async (_, behaviour) => {
    const { endpoint, served } = await judgeFor((n) => (n === 1 ? behaviour : { reply: 'yes' }));
    expect((await endpoint.ask(messages, never)).text).toBe('yes');
    expect(served.seen).toHaveLength(2);
  });

  test('after the time that a busy server asks for, by all of its requests', async () => {
    const { endpoint, served } = await judgeFor((n) =>
      n === 1 ? { status: 429, headers: { 'retry-after': '2' } } : { reply: 'yes' },
    );
    const start = performance.now();
    const first = endpoint.ask(messages, never);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await endpoint.ask(messages, never)).text).toBe('yes');
    expect(performance.now() - start).toBeGreaterThan(1900);
    await first;
    expect(served.seen).toHaveLength(3);
  });

  test('after a reply that did not come in time', async () => {
    const { endpoint, served } = await judgeFor((n) => (n === 1 ? 'hang' : { reply: 'yes' }), {
      timeoutMs: 150,
    });
    expect((await endpoint.ask(messages, never)).text).toBe('yes');
    expect(served.seen).toHaveLength(2);
  });
});

describe('unreachable', () => {
  test('when nobody listens', async () => {
    const { endpoint, served } = await judgeFor(() => ({ reply: '' }), { tries: 1 });
    await served.close();
    const failure = await failureOf(endpoint.ask(messages, never));
    expect(failure.code).toBe('judge-unreachable');
    expect(failure.message).toMatch(
      /^The judge judge-a at http:\/\/127.0.0.1:\d+ cannot be reached: nothing listens there\.$/,
    );
  });

  test('after the last try, with what the server said', async () => {
    const body = '{"error": {"message": "Overloaded."}}';
    const { endpoint, served } = await judgeFor(() => ({ status: 503, body }));
    const failure = await failureOf(endpoint.ask(messages, never));
    expect(failure.message).toContain('it answers with 503 (Overloaded)');
    expect(served.seen).toHaveLength(2);
  });

  test('when it asks to come back in an hour', async () => {
    const { endpoint, served } = await judgeFor(() => ({
      ...{ status: 429, headers: { 'retry-after': '3600' } },
    }));
    expect((await failureOf(endpoint.ask(messages, never))).code).toBe('judge-unreachable');
    expect(served.seen).toHaveLength(1);
  });
});

describe('refused', () => {
  test.each([
    [401, '{"error": {"message": "Incorrect API key provided: sk-secret-1."}}', 'judge-refused'],
    [404, '{"error": {"message": "The model does not exist"}}', 'judge-refused'],
    [301, '', 'judge-refused'],
    [429, '{"error": {"code": "insufficient_quota", "message": "Pay first"}}', 'judge-refused'],
    [400, '{"error": {"message": "maximum context length is 8192 tokens"}}', 'judge-declined'],
  ])('with %d at once, and never with the key', async (status, body, code) => {
    const { endpoint, served } = await judgeFor(() => ({ status, body }), { key: 'sk-secret-1' });
    const failure = await failureOf(endpoint.ask(messages, never));
    expect(failure.code).toBe(code);
    expect(JSON.stringify([failure.message, failure.data])).not.toContain('sk-secret-1');
    expect(served.seen).toHaveLength(1);
  });

  test.each(['sk\nsecret', 'sk secret', 'sk-\u{1f511}', ''])(
    'a key that can be none, %j, without saying it',
    (key) => {
      const make = (): JudgeEndpoint =>
        new JudgeEndpoint({ url: 'http://x', model: 'm', key, tries: 1, timeoutMs: 1 });
      expect(make).toThrow('key has characters that no key has');
      expect(make).not.toThrow('secret');
    },
  );
});

test('a cancelled request ends at once, also while it waits for another try', async () => {
  const { endpoint } = await judgeFor((n) => (n === 1 ? 'hang' : { status: 500 }), { tries: 9 });
  for (let round = 0; round < 2; round += 1) {
    const cancel = new AbortController();
    const asking = endpoint.ask(messages, cancel.signal);
    setTimeout(() => {
      cancel.abort(new Error('cancelled'));
    }, 150);
    const start = performance.now();
    await expect(asking).rejects.toThrow('cancelled');
    expect(performance.now() - start).toBeLessThan(1000);
  }
});

describe('the address', () => {
  test.each([
    ['http://localhost:8000/v1', 'http://localhost:8000/v1/chat/completions'],
    ['http://localhost:8000/v1/', 'http://localhost:8000/v1/chat/completions'],
    ['https://api.example.org', 'https://api.example.org/chat/completions'],
    ['https://x.org/v1/chat/completions', 'https://x.org/v1/chat/completions'],
    ['http://[::1]:8000/v1', 'http://[::1]:8000/v1/chat/completions'],
    ['https://x.org/v1?api-version=3', 'https://x.org/v1/chat/completions?api-version=3'],
  ])('%s', (url, expected) => {
    expect(completionsUrl(url)).toBe(expected);
  });

  test.each([
    ['localhost:8000', 'must be a URL such as http://localhost:8000/v1'],
    ['not a url', 'must be a URL'],
    ['http://', 'must be a URL'],
    ['http://x:99999/v1', 'names a port that there is not'],
    ['file:///etc/passwd', 'must be a URL'],
    ['https://user:word@x.org', 'holds a name or a password'],
  ])('%s is refused', (url, problem) => {
    expect(() => completionsUrl(url)).toThrow(problem);
  });
});

describe('waits', () => {
  test('double, with chance, up to a minute', () => {
    expect([1, 2, 3].map((attempt) => backoffMs(attempt, () => 1))).toEqual([1000, 2000, 4000]);
    expect(backoffMs(3, () => 0)).toBe(2000);
    expect(backoffMs(50, () => 1)).toBe(60_000);
  });

  test.each([
    ['3', 3000],
    ['0.5', 500],
    ['Tue, 24 Nov 2026 21:00:10 GMT', 10_000],
    ['Tue, 24 Nov 2026 20:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['', undefined],
    [null, undefined],
  ])('Retry-After: %s', (header, expected) => {
    const now = Date.parse('2026-11-24T21:00:00Z');
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});

describe('a completion', () => {
  test.each([
    ['a text', { content: 'yes' }, 'yes'],
    ['parts', { content: [{ type: 'text', text: 'a' }, { type: 'image' }, { text: 'b' }] }, 'ab'],
    ['a refusal', { content: null, refusal: 'No.' }, 'No.'],
    ['nothing', { content: null }, ''],
  ])('%s', (_, message, text) => {
    expect(readCompletion(JSON.stringify({ choices: [{ message }] }))).toEqual({ text });
  });

  test.each([
    '',
    'null',
    '[]',
    '{}',
    '{"choices":[{}]}',
    '{"choices":[{"message":{"content":3}}]}',
  ])('none in %j', (body) => {
    expect(readCompletion(body)).toBeUndefined();
  });
});

test.each([
  [
    '{"error": {"message": "No  such\\nmodel.", "code": "x"}}',
    { message: 'No such model', code: 'x' },
  ],
  ['{"error": "Bad"}', { message: 'Bad', code: '' }],
  ['{"detail": "Not Found"}', { message: 'Not Found', code: '' }],
  ['Busy', { message: 'Busy', code: '' }],
  ['<html>nothing to say</html>', { message: '', code: '' }],
  ['', { message: '', code: '' }],
])('what an error says: %s', (body, expected) => {
  expect(readError(body)).toEqual(expected);
});
