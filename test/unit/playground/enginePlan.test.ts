import { expect, it } from 'vitest';
import { planEngines, type PlannedModel } from '../../../extension/cli/playground/enginePlan';
import { readRequest } from '../../../extension/cli/playground/readRequest';
import { usualSettings } from '../../../extension/shared/playground';

function adapted(id: string, changes: object = {}, base = 'tiny'): PlannedModel {
  const module = { name: 'q_proj', kind: 'lora' as const, rank: 8, scale: 2, dropout: 0 };
  return { id, base, modules: [{ ...module, magnitude: false, ...changes }], trainedTensors: [] };
}

function shared(...models: PlannedModel[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const [id, { key }] of planEngines(models)) {
    groups.set(key, [...(groups.get(key) ?? []), id]);
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

it('models without adapters have an engine each', () => {
  const models = ['one', 'two'].map((id) => ({ id, base: id, modules: [], trainedTensors: [] }));
  expect(shared(...models)).toEqual([['one'], ['two']]);
});

const ask = { kind: 'ask', round: 1, prompt: 'a', settings: usualSettings, models: [] };

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
