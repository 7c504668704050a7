// Conversations of several turns: what each model is told of them, starting over from a turn, and the history.
import { beforeEach, describe, expect, it } from 'vitest';
import { baseColumn, folderColumn } from '../../../extension/host/playground/columns';
import { PlaygroundStore } from '../../../extension/host/playground/playgroundStore';
import type { Question } from '../../../extension/shared/pages/playgroundPage';
import {
  usualSettings,
  type AnswerEnd,
  type AnswerEvent,
  type PlaygroundRequest,
} from '../../../extension/shared/playground';
import { t } from '../host/runView';

type Asked = Extract<PlaygroundRequest, { kind: 'ask' }>;

const model = baseColumn('/w/tiny', t);
const adapter = folderColumn({ model: '/w/tiny', adapter: '/w/mine' }, t);
let sent: PlaygroundRequest[];
let store: PlaygroundStore;
let kept: unknown;

function openStore(): PlaygroundStore {
  const memory = {
    get: () => kept,
    update: (_: string, value: unknown) => {
      kept = structuredClone(value);
      return Promise.resolve();
    },
  };
  const answerer = {
    send: (request: PlaygroundRequest) => void sent.push(request),
    end: () => undefined,
  };
  return new PlaygroundStore(memory, answerer, t);
}

beforeEach(() => {
  sent = [];
  kept = undefined;
  store = openStore();
  store.setColumns([model, adapter]);
});

function asked(): Asked {
  const last = sent.filter(({ kind }) => kind === 'ask').at(-1);
  if (last?.kind !== 'ask') throw new Error('nothing was asked');
  return last;
}

function chat(prompt: string, system = ''): Question {
  return { prompt, form: 'chat', system, settings: usualSettings };
}

function tell(id: string, event: AnswerEvent): void {
  store.receive({ kind: 'answer', round: asked().round, id, event });
}

function write(id: string, text: string, end: AnswerEnd = 'end'): void {
  const tokens = text === '' ? [] : [{ text, name: text, probability: 1, alternatives: [] }];
  tell(id, { kind: 'tokens', tokens });
  tell(id, { kind: 'ended', end, tokens: tokens.length, promptSeconds: 1, seconds: 0 });
}

/** Both models answer with their own words. */
function converse(prompt: string, from?: number): void {
  store.ask(chat(prompt), from);
  write(model.id, `${prompt} base`);
  write(adapter.id, `${prompt} tuned`);
  store.receive({ kind: 'done', round: asked().round });
}

function beforeOf(id: string): string[] {
  const { before = [] } = asked().models.find((one) => one.id === id) ?? {};
  return before.flatMap(({ prompt, answer }) => [prompt, answer]);
}

function prompts(): string[] {
  return store.state().turns.map(({ prompt }) => prompt);
}

describe('the next turn', () => {
  it('goes on with what each model answered itself', () => {
    converse('one');
    converse('two');
    store.ask(chat('three', 'Be brief.'));
    expect(asked()).toMatchObject({ prompt: 'three', system: 'Be brief.' });
    expect(beforeOf(model.id)).toEqual(['one', 'one base', 'two', 'two base']);
    expect(beforeOf(adapter.id)).toEqual(['one', 'one tuned', 'two', 'two tuned']);
    expect(prompts()).toEqual(['one', 'two', 'three']);
  });

  it('leaves out what a model failed at, was not asked, or was stopped before', () => {
    store.setColumns([model]);
    converse('one');
    store.setColumns([model, adapter]);
    store.ask(chat('two'));
    tell(model.id, { kind: 'failed', message: 'No memory.' });
    write(adapter.id, '', 'stopped');
    store.receive({ kind: 'done', round: asked().round });
    store.ask(chat('three'));
    expect(beforeOf(model.id)).toEqual(['one', 'one base']);
    expect(beforeOf(adapter.id)).toEqual([]);
  });

  it('hears what was written until it was asked, and not what the template ends an answer with', () => {
    store.ask(chat('one'));
    const tokens = [{ text: 'half', name: 'half', probability: 1, alternatives: [] }];
    tell(model.id, { kind: 'tokens', tokens });
    tell(adapter.id, { kind: 'tokens', tokens: [{ ...tokens[0], text: 'all\nUser:' }] as never });
    const figures = { tokens: 2, promptSeconds: 1, seconds: 1 };
    tell(adapter.id, { kind: 'ended', end: 'end', stopText: '\nUser:', ...figures });
    store.ask(chat('two'));
    expect(beforeOf(model.id)).toEqual(['one', 'half']);
    expect(beforeOf(adapter.id)).toEqual(['one', 'all']);
    expect(store.state().turns[0]?.answers[model.id]?.figures?.end).toBe('stopped');
  });

  it('in another form than chat is a question by itself', () => {
    converse('one');
    store.ask({ ...chat('two', 'Be brief.'), form: 'plain' });
    expect(beforeOf(model.id)).toEqual([]);
    expect(asked().system).toBeUndefined();
    expect(prompts()).toEqual(['two']);
  });
});

describe('the history', () => {
  const entries = (): string[][] =>
    store.state().history.map(({ turns }) => turns.map(({ prompt }) => prompt));

  it('keeps whole conversations, each once', () => {
    converse('one');
    converse('two');
    store.newConversation();
    expect(prompts()).toEqual([]);
    converse('other');
    expect(entries()).toEqual([['other'], ['one', 'two']]);
  });

  it('keeps what was said before a prompt was edited', () => {
    converse('one');
    converse('two');
    converse('three');
    converse('TWO', 1);
    expect(beforeOf(model.id)).toEqual(['one', 'one base']);
    expect(entries()).toEqual([
      ['one', 'TWO'],
      ['one', 'two', 'three'],
    ]);
    converse('first', 0);
    expect(beforeOf(model.id)).toEqual([]);
    expect(prompts()).toEqual(['first']);
  });

  it('takes an answer that was given again in the place of that before', () => {
    converse('one');
    converse('two');
    store.regenerate({ ...usualSettings, seed: 5 });
    expect(asked()).toMatchObject({ prompt: 'two', settings: { seed: 5 } });
    expect(beforeOf(model.id)).toEqual(['one', 'one base']);
    write(model.id, 'another');
    write(adapter.id, 'another');
    store.receive({ kind: 'done', round: asked().round });
    expect(entries()).toEqual([['one', 'two']]);
    expect(store.state().history[0]?.turns[1]?.answers[0]?.text).toBe('another');
  });

  it('is where a conversation goes on, in another window as well', () => {
    converse('one');
    converse('two');
    const { id = 0 } = store.state().history[0] ?? {};
    store = openStore();
    store.setColumns([model]);
    store.resume(id);
    expect(store.columns).toEqual([model, adapter]);
    expect(prompts()).toEqual(['one', 'two']);
    converse('three');
    expect(beforeOf(adapter.id)).toEqual(['one', 'one tuned', 'two', 'two tuned']);
    expect(entries()).toEqual([['one', 'two', 'three']]);
  });

  it('is not changed by what a conversation that was left still writes', () => {
    store.ask(chat('one'));
    const { round } = asked();
    store.newConversation();
    expect(sent.at(-1)).toEqual({ kind: 'stop' });
    const tokens = [{ text: 'late', name: 'late', probability: 1, alternatives: [] }];
    store.receive({ kind: 'answer', round, id: model.id, event: { kind: 'tokens', tokens } });
    store.receive({ kind: 'done', round });
    expect(store.state()).toMatchObject({ turns: [], isAnswering: false });
    expect(entries()).toEqual([['one']]);
  });
});
