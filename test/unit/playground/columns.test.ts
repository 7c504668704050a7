import { describe, expect, it } from 'vitest';
import {
  baseColumn,
  checkpointColumn,
  folderColumn,
  formFor,
  joinColumns,
  withBases,
} from '../../../extension/host/playground/columns';
import type { PlaygroundColumn } from '../../../extension/shared/pages/playgroundPage';
import { makeView, t } from '../host/runView';

const view = (id: string, method: 'dora' | 'lora' | 'full' = 'dora', settings = {}) =>
  makeView({ id, method, settings });
const at = (id: string, step = 40) =>
  checkpointColumn(view(id), { step, folder: `/w/runs/${id}/checkpoints/step-0000${step}` }, t);
const base = '/w/models/tiny';

describe('a column', () => {
  it('of an adapter stands on the model of its run, one of FT by itself', () => {
    expect(at('1')).toMatchObject({
      name: 'DoRA r32, step 40',
      detail: 'boolq',
      model: base,
      adapter: '/w/runs/1/checkpoints/step-000040',
      base,
      template: 'paper',
    });
    const full = checkpointColumn(view('2', 'full'), { step: 8, folder: '/w/c' }, t);
    expect(full).toMatchObject({ model: '/w/c', base });
    expect(full.adapter).toBeUndefined();
  });

  it('takes its template from the data of its run', () => {
    const formOf = (data: object) =>
      checkpointColumn(
        view('1', 'lora', { data: { train: ['a.json'], ...data } }),
        { step: 1, folder: '/c' },
        t,
      ).template;
    expect(formOf({ template: 'alpaca' })).toBe('alpaca');
    expect(formOf({ format: 'chat' })).toBe('chat');
    expect(formOf({ format: 'text' })).toBe('plain');
    expect(formOf({ template: '{instruction} {output}' })).toBe('{instruction} {output}');
  });

  it('of a folder named model says whose', () => {
    expect(folderColumn({ model: '/w/starter/model' }, t).name).toBe('starter/model');
    const adapter = folderColumn({ model: '/w/smollm2', adapter: '/w/mine' }, t);
    expect(adapter).toMatchObject({ name: 'mine', detail: 'adapter on smollm2' });
  });
});

describe('newcomers', () => {
  const names = (columns: readonly { name: string }[]) => columns.map(({ name }) => name);

  it('bring their base with them, once and first', () => {
    const first = joinColumns([], [at('1')], t);
    expect(names(first)).toEqual(['tiny', 'DoRA r32, step 40']);
    const second = joinColumns(first, [at('1', 60), baseColumn(base, t)], t);
    expect(names(second)).toEqual(['tiny', 'DoRA r32, step 40', 'DoRA r32, step 60']);
  });

  it('make the earliest go where four are too few, never the base', () => {
    const full = joinColumns([], [at('1', 10), at('1', 20), at('1', 30)], t);
    expect(names(joinColumns(full, [at('1', 40)], t))).toEqual([
      'tiny',
      'DoRA r32, step 20',
      'DoRA r32, step 30',
      'DoRA r32, step 40',
    ]);
  });

  it('that are there already stay one', () => {
    const present = joinColumns([], [at('1', 10), at('1', 20)], t);
    expect(names(joinColumns(present, [at('1', 10)], t))).toEqual([
      'tiny',
      'DoRA r32, step 20',
      'DoRA r32, step 10',
    ]);
  });

  it('of another base are among themselves', () => {
    const present = joinColumns([], [at('1')], t);
    const other = folderColumn({ model: '/w/smollm2', adapter: '/w/mine' }, t);
    expect(names(joinColumns(present, [other], t))).toEqual(['smollm2', 'mine']);
  });

  it('of none change nothing', () => {
    const present = joinColumns([], [at('1')], t);
    expect(joinColumns(present, [], t)).toEqual(present);
  });
});

describe('the form of a prompt', () => {
  const run = at('1');
  const model = baseColumn(base, t);

  it('is the same for all unless it is that of the data', () => {
    expect(formFor(run, 'plain', [model, run])).toBe('plain');
    expect(formFor(run, 'chat', [model, run])).toBe('chat');
  });

  it("is the run's own, and for a model without one that of the first run", () => {
    const other = { ...at('2'), template: 'alpaca' };
    expect(formFor(other, 'data', [model, run, other])).toBe('alpaca');
    expect(formFor(model, 'data', [model, run, other])).toBe('paper');
    expect(formFor(model, 'data', [model])).toBe('plain');
  });
});

describe('weights of a base', () => {
  const adapter = folderColumn({ model: base, adapter: '/w/mine' }, t);
  const names = (columns: PlaygroundColumn[]): string[] => columns.map(({ name }) => name);

  it('are told in the name of a column, and each ticked one has a column in the place of the first', () => {
    const columns = [baseColumn(base, t), adapter];
    const both = withBases(columns, adapter.id, [undefined, 'nf4'], t);
    expect(names(both)).toEqual(['tiny', 'mine', 'mine, base in NF4']);
    expect(both[2]).toMatchObject({ adapter: '/w/mine', quantize: 'nf4', base });
    const other = withBases(both, both[2]?.id ?? '', ['none'], t);
    expect(names(other)).toEqual(['tiny', 'mine', 'mine, base as in its file']);
    const back = withBases(other, other[2]?.id ?? '', [undefined, 'nf4-double'], t);
    expect(names(back)).toEqual(['tiny', 'mine', 'mine, base in NF4, double quantised']);
    expect(new Set(back.map(({ id }) => id)).size).toBe(3);
  });

  it('are as they were where nothing is ticked, and take no more than the room there is', () => {
    const columns = [baseColumn(base, t), adapter, at('1'), at('2')];
    expect(withBases(columns, adapter.id, [], t)).toEqual(columns);
    expect(withBases(columns, adapter.id, [undefined, 'none', 'nf4'], t)).toEqual(columns);
  });
});
