import { beforeEach, describe, expect, it } from 'vitest';
import { baseColumn, folderColumn } from '../../../extension/host/playground/columns';
import { PlaygroundStore } from '../../../extension/host/playground/playgroundStore';
import type { Answer, Question } from '../../../extension/shared/pages/playgroundPage';
import {
  usualSettings,
  type AnswerEvent,
  type PlaygroundRequest,
} from '../../../extension/shared/playground';
import { t } from '../host/runView';

const model = baseColumn('/w/tiny', t);
const adapter = folderColumn({ model: '/w/tiny', adapter: '/w/mine' }, t);
const question: Question = {
  ...{ prompt: 'is a fox alive?', form: 'plain', system: '' },
  settings: usualSettings,
};

let kept: Map<string, unknown>;
let sent: PlaygroundRequest[];
let told: [string, unknown][];
let ends: number;
let store: PlaygroundStore;

function open(): PlaygroundStore {
  const memory = {
    get: (key: string) => kept.get(key),
    update: (key: string, value: unknown) => {
      kept.set(key, structuredClone(value));
      return Promise.resolve();
    },
  };
  const answerer = {
    send: (request: PlaygroundRequest) => void sent.push(request),
    end: () => void (ends += 1),
  };
  return new PlaygroundStore(memory, answerer, t);
}

beforeEach(() => {
  kept = new Map();
  sent = [];
  told = [];
  ends = 0;
  store = open();
  store.setColumns([model, adapter]);
  store.show((event, data) => void told.push([event, data]));
});

const began = { promptTokens: 4, contextLength: 64, memoryBytes: 8, baseBytes: 6, sharedWith: [] };

function answers(): Record<string, Answer> {
  return store.state().turns.at(-1)?.answers ?? {};
}

function answer(id: string, event: AnswerEvent, round = 1): void {
  store.receive({ kind: 'answer', round, id, event });
}

function write(id: string, text: string, round = 1): void {
  answer(id, { kind: 'started', ...began }, round);
  const tokens = [{ text, name: text, probability: 0.5, alternatives: [] }];
  answer(id, { kind: 'tokens', tokens }, round);
  answer(id, { kind: 'ended', end: 'end', tokens: 1, promptSeconds: 1, seconds: 0 }, round);
}

describe('a question', () => {
  it('goes to all columns, each with its own form', () => {
    store.ask({ ...question, form: 'alpaca' });
    expect(sent).toEqual([
      {
        ...{ kind: 'ask', round: 1, prompt: question.prompt, settings: usualSettings },
        models: [
          { id: model.id, model: '/w/tiny', form: 'alpaca' },
          { id: adapter.id, model: '/w/tiny', adapter: '/w/mine', form: 'alpaca' },
        ],
      },
    ]);
    expect(Object.values(answers()).map(({ state }) => state)).toEqual(['waiting', 'waiting']);
  });

  it('without words or without models is not asked', () => {
    store.ask({ ...question, prompt: '' });
    store.setColumns([]);
    store.ask(question);
    expect(sent).toEqual([]);
    expect(store.state().isAnswering).toBe(false);
  });

  it('ends that before it, whose late news are passed over', () => {
    store.ask(question);
    write(model.id, 'early');
    store.ask({ ...question, prompt: 'second' });
    write(model.id, 'late', 1);
    expect(answers()[model.id]?.tokens).toEqual([]);
    expect(store.state().history.map(({ turns }) => turns[0]?.prompt)).toEqual([question.prompt]);
  });
});

describe('answers', () => {
  it('are kept in the history when all are there, the newest first', () => {
    for (const [index, prompt] of ['one', 'two'].entries()) {
      store.ask({ ...question, prompt }, undefined, new Date('2026-03-01T12:00:00Z'));
      write(model.id, `${prompt} by the model`, index + 1);
      answer(adapter.id, { kind: 'failed', message: 'No such file.' }, index + 1);
      store.receive({ kind: 'done', round: index + 1 });
    }
    const { history, isAnswering } = store.state();
    expect(isAnswering).toBe(false);
    expect(history.map(({ id, turns }) => [id, turns[0]?.prompt])).toEqual([
      [2, 'two'],
      [1, 'one'],
    ]);
    expect(history[0]).toMatchObject({
      asked: '2026-03-01T12:00:00.000Z',
      columns: [{ name: 'tiny' }, { name: 'mine' }],
      turns: [
        {
          answers: [
            { column: model.id, text: 'two by the model' },
            { column: adapter.id, text: '', problem: 'No such file.' },
          ],
        },
      ],
    });
    expect(told.filter(([event]) => event === 'finished')).toHaveLength(2);
  });

  it('of a process that died say so, with its last words', () => {
    store.ask(question);
    write(model.id, 'done');
    store.lost('SIGSEGV', 'free(): invalid pointer');
    const { isAnswering, history } = store.state();
    expect(answers()[model.id]?.state).toBe('ended');
    expect(answers()[adapter.id]?.problem).toMatch(/\(SIGSEGV\)[^]*invalid pointer/);
    expect(isAnswering).toBe(false);
    expect(history).toHaveLength(1);
  });

  it('that nobody waits for any more end with the process', () => {
    store.ask(question);
    store.end();
    expect(ends).toBe(1);
    expect(store.isBusy).toBe(false);
    expect(answers()[model.id]?.state).toBe('failed');
  });

  it('of a column that is taken away are stopped', () => {
    store.ask(question);
    store.setColumns([model]);
    expect(sent.at(-1)).toEqual({ kind: 'stop', id: adapter.id });
  });

  it('of a request that was not understood say why', () => {
    store.ask(question);
    store.receive({ kind: 'refused', message: 'What?' });
    expect(answers()[model.id]?.problem).toBe('What?');
  });
});

describe('what stays with the workspace', () => {
  it('are columns, settings and history, until it is cleared', () => {
    store.ask({ ...question, settings: { ...usualSettings, seed: 7 } });
    write(model.id, 'kept');
    store.receive({ kind: 'done', round: 1 });
    const { columns, last, history, turns } = open().state();
    expect(columns).toEqual([model, adapter]);
    expect(last?.settings.seed).toBe(7);
    expect(history[0]?.turns[0]?.answers[0]?.text).toBe('kept');
    expect(turns).toEqual([]);
    store.forget();
    expect(open().state().history).toEqual([]);
  });

  it('is not more than fifty questions, and each can be forgotten', () => {
    for (let round = 1; round <= 53; round += 1) {
      store.ask({ ...question, prompt: String(round) });
      store.receive({ kind: 'done', round });
    }
    expect(store.state().history).toHaveLength(50);
    store.forget(53);
    expect(store.state().history[0]?.turns[0]?.prompt).toBe('52');
  });
});

it('a draft of a command is told anew though it reads the same', () => {
  store.propose('again', 'plain', new Date(1));
  store.propose('again', 'plain', new Date(2));
  expect(told.slice(-2)).toEqual([
    ['drafted', { number: 1, prompt: 'again', form: 'plain' }],
    ['drafted', { number: 2, prompt: 'again', form: 'plain' }],
  ]);
});
