import { expect, it } from 'vitest';
import {
  planEngines,
  type EnginePlan,
  type PlannedModel,
} from '../../../extension/cli/playground/enginePlan';
import { readRequest } from '../../../extension/cli/playground/readRequest';
import { usualSettings } from '../../../extension/shared/playground';

function adapted(id: string, changes: object = {}, base = 'tiny'): PlannedModel {
  const module = { name: 'q_proj', kind: 'lora' as const, rank: 8, scale: 2, dropout: 0 };
  return { id, base, modules: [{ ...module, magnitude: false, ...changes }], trainedTensors: [] };
}

function shared(...models: PlannedModel[]): string[][] {
  return grouped(models, ({ key }) => key);
}

function grouped(models: PlannedModel[], keyOf: (plan: EnginePlan) => string): string[][] {
  const groups = new Map<string, string[]>();
  for (const [id, plan] of planEngines(models)) {
    groups.set(keyOf(plan), [...(groups.get(keyOf(plan)) ?? []), id]);
  }
  return [...groups.values()].map((ids) => ids.sort()).sort();
}

it('adapters of one form share an engine, dropout or not, and the base is with them', () => {
  const base = { id: 'base', base: 'tiny', modules: [], trainedTensors: [] };
  expect(shared(base, adapted('a'), adapted('b', { dropout: 0.1 }))).toEqual([['a', 'b', 'base']]);
});

it('adapters of another form, and models of another base, do not', () => {
  const models = [
    adapted('a'),
    adapted('rank', { rank: 4 }),
    adapted('scale', { scale: 1 }),
    adapted('kind', { kind: 'vera' }),
    adapted('dora', { magnitude: true }),
    adapted('elsewhere', {}, 'other'),
    { ...adapted('norm'), trainedTensors: ['model.norm.weight'] },
  ];
  expect(shared(...models)).toEqual(models.map(({ id }) => [id]).sort());
});

it('engines of one base have its weights in the same memory, unless adapters train some of them', () => {
  const models = [
    { id: 'base', base: 'tiny', modules: [], trainedTensors: [] },
    ...[adapted('a'), adapted('rank', { rank: 4 }), adapted('vera', { kind: 'vera' })],
    ...[adapted('elsewhere', {}, 'other')],
    { ...adapted('norm'), trainedTensors: ['model.norm.weight'] },
  ];
  const together = grouped(models, ({ baseKey }) => baseKey);
  expect(together).toEqual([['a', 'base', 'rank', 'vera'], ['elsewhere'], ['norm']]);
});

it('models without adapters have an engine each', () => {
  const models = ['one', 'two'].map((id) => ({ id, base: id, modules: [], trainedTensors: [] }));
  expect(shared(...models)).toEqual([['one'], ['two']]);
});

const ask = { kind: 'ask', round: 1, prompt: 'a', settings: usualSettings, models: [] };

it.each([
  ['nf4-double', true],
  ['none', true],
  ['nf4-128', true],
  ['int8', false],
])('a base may be asked for as %s: %s', (quantize, isRead) => {
  const model = { id: 'a', model: '/m', form: 'plain', quantize };
  const read = readRequest(JSON.stringify({ ...ask, models: [model] }));
  if (isRead) expect(read).toMatchObject({ models: [{ quantize }] });
  else expect('problem' in read && read.problem).toMatch(/models\.0\.quantize.*must be none, nf4/);
});

it('requests are read as they were meant', () => {
  expect(readRequest(JSON.stringify(ask))).toEqual(ask);
  expect(readRequest('{"kind": "stop", "id": "a"}')).toEqual({ kind: 'stop', id: 'a' });
});

it.each([
  ['no JSON', '{', /not JSON/],
  ['an unknown kind', '{"kind": "sing"}', /"kind"/],
  ['a temperature of nought', asking({ temperature: 0 }), /settings\.temperature/],
  ['a probability above one', asking({ topP: 1.5 }), /settings\.topP/],
  ['half a token', asking({ maxNewTokens: 0.5 }), /settings\.maxNewTokens/],
])('%s is refused by the name of its place', (_, line, problem) => {
  const read = readRequest(line);
  expect('problem' in read && read.problem).toMatch(problem);
});

function asking(settings: object): string {
  return JSON.stringify({ ...ask, settings: { ...usualSettings, ...settings } });
}
