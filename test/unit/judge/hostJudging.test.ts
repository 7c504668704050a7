// The editor's part: the document of answers, lending a model, keys, progress.
import { describe, expect, test } from 'vitest';
import { JudgeKeys } from '../../../extension/host/judge/judgeKeys';
import { judgedText } from '../../../extension/host/judge/judgedText';
import { judgingProgress } from '../../../extension/host/judge/judgingProgress';
import { LentModelError, replyTo, type LentModel } from '../../../extension/host/judge/lentModel';
import type { Translate } from '../../../extension/shared/translate';
import { answerLine, judgement } from './lines';

const t: Translate = (message, ...values) =>
  message.replace(/\{(\d)\}/g, (_, place: string) => String(values[Number(place)]));

describe('the document', () => {
  const answers = [
    answerLine({ text: 'if x:\n    <b>bold</b> [link](http://x)\n# no heading' }),
    answerLine({ turn: 2, reference: 'Forty-two', text: '' }),
    answerLine({ index: 1, category: 'math' }),
  ];

  test('shows figures, questions, answers and the judge’s words', () => {
    const judgements = [
      judgement(0, 1, 3, { judge: 'judge-b' }),
      judgement(0, 1, 8, { text: 'Fine.\n[[8]]' }),
      judgement(0, 2, null, { text: 'Great! [[11]]', problem: 'out-of-range', tries: 3 }),
    ];
    const text = judgedText({ task: 'mt_bench', place: 'a-run', answers, judgements }, t);
    expect(text).toContain('Answers of a-run.');
    expect(text).toContain('Judged by **judge-a**. Judged before by judge-b.');
    expect(text).toContain('| All answers | **8.00** (95 % interval 8.00 to 8.00) | 1 | 2 |');
    expect(text).toContain('| Turn 2 | not judged | 0 | 1 |');
    expect(text).toContain('## 101 · writing');
    expect(text).toContain('### Turn 1 · 8 of 10');
    expect(text).toContain(
      '### Turn 2 · not judged: the judge gave a grade that is not from 1 to 10 (asked 3 times)',
    );
    expect(text).toContain('> Fine.');
    expect(text).toContain('> Forty-two');
    expect(text).toContain('*(nothing)*');
    expect(text).toContain('### not judged');
  });

  test('takes nothing that a model wrote for markup, and keeps its indentation', () => {
    const text = judgedText({ task: 'a', place: 'a', answers, judgements: [] }, t);
    expect(text).toContain('Not judged yet.');
    expect(text).toContain('\n> \u00a0\u00a0\u00a0\u00a0\\<b\\>bold\\</b\\> \\[link\\]\\(http');
    expect(text).toContain('\n> \\# no heading');
    expect(text).not.toMatch(/^# no heading/m);
  });
});

describe('a lent model', () => {
  const { signal } = new AbortController();
  const question = JSON.stringify({ ask: 4, messages: [{ role: 'user', content: 'Grade' }] });
  const model = (ask: LentModel['ask']): LentModel => ({ name: 'vendor/model', ask });

  test('replies to what it is asked, and to nothing else', async () => {
    const asked: unknown[] = [];
    const one = model((messages) => {
      asked.push(messages);
      return Promise.resolve('[[7]]');
    });
    expect(await replyTo(question, one, signal)).toBe('{"ask":4,"text":"[[7]]"}');
    expect(asked).toEqual([[{ role: 'user', content: 'Grade' }]]);
    for (const line of ['{"judge": "a", "tasks": []}', 'no JSON', '{"ask": 4}', 'null']) {
      expect(await replyTo(line, one, signal)).toBeUndefined();
    }
    expect(asked).toHaveLength(1);
  });

  test('is asked again when it was busy, and given up after the last wait', async () => {
    let asked = 0;
    const busy = (until: number): LentModel =>
      model(() => {
        asked += 1;
        return asked > until ? Promise.resolve('[[5]]') : Promise.reject(new Error('busy'));
      });
    expect(await replyTo(question, busy(2), signal, [1, 1])).toContain('"text":"[[5]]"');
    asked = 0;
    expect(await replyTo(question, busy(9), signal, [1, 1])).toBe('{"ask":4,"problem":"busy"}');
    expect(asked).toBe(3);
  });

  test('that refuses is asked once', async () => {
    let asked = 0;
    const refusing = model(() => {
      asked += 1;
      return Promise.reject(new LentModelError('judge-refused', 'not allowed'));
    });
    expect(await replyTo(question, refusing, signal, [1])).toBe(
      '{"ask":4,"problem":"not allowed","code":"judge-refused"}',
    );
    expect(asked).toBe(1);
  });
});

describe('keys', () => {
  function stores() {
    const secrets = new Map<string, string>();
    const state = new Map<string, unknown>();
    const fake = {
      secrets: {
        get: (name: string) => Promise.resolve(secrets.get(name)),
        store: (name: string, value: string) => Promise.resolve(void secrets.set(name, value)),
        delete: (name: string) => Promise.resolve(void secrets.delete(name)),
      },
      globalState: {
        get: (name: string, fallback: unknown) => state.get(name) ?? fallback,
        update: (name: string, value: unknown) => Promise.resolve(void state.set(name, value)),
      },
    };
    const keys = new JudgeKeys(fake as unknown as ConstructorParameters<typeof JudgeKeys>[0]);
    return { keys, secrets, state };
  }

  test('belong to a server and stand in the secret storage alone', async () => {
    const { keys, secrets, state } = stores();
    expect(await keys.keyOf('https://x.org/v1')).toBeUndefined();
    await keys.keep('https://x.org/v1', 'sk-1');
    await keys.remember({ url: 'https://x.org/v1', model: 'a' });
    expect(await keys.keyOf('https://x.org/other')).toBe('sk-1');
    expect(await keys.keyOf('https://y.org/v1')).toBeUndefined();
    expect([...secrets.values()]).toEqual(['sk-1']);
    expect(JSON.stringify([...state])).not.toContain('sk-1');
  });

  test('that are not needed are not asked for again', async () => {
    const { keys } = stores();
    await keys.keep('http://localhost:8000/v1', '');
    expect(await keys.keyOf('http://localhost:8000/v1')).toBe('');
  });

  test('are forgotten, with their endpoints', async () => {
    const { keys, secrets } = stores();
    await keys.keep('https://x.org', 'sk-1');
    await keys.keep('https://y.org', 'sk-2');
    await keys.remember({ url: 'https://x.org', model: 'a' });
    expect(await keys.forgetAll()).toBe(2);
    expect(secrets.size).toBe(0);
    expect(keys.endpoints).toEqual([]);
    expect(await keys.keyOf('https://x.org')).toBeUndefined();
  });

  test('the endpoint that judged last comes first, each once', async () => {
    const { keys } = stores();
    for (const model of ['a', 'b', 'a']) await keys.remember({ url: 'https://x.org', model });
    expect(keys.endpoints.map(({ model }) => model)).toEqual(['a', 'b']);
  });
});

test('progress', () => {
  const line = JSON.stringify({ label: 'judging a', done: 3, total: 12, details: ['5 s left'] });
  expect(judgingProgress(line, t)).toEqual({ text: '3 of 12 answers · 5 s left', share: 0.25 });
  expect(judgingProgress('{"note": "a"}', t)).toBeUndefined();
  expect(judgingProgress('words', t)).toBeUndefined();
});
