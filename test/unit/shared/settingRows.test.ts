import { expect, test } from 'vitest';
import { experimentJsonSchema } from '../../../extension/shared/experimentJsonSchema';
import { repeatCommand } from '../../../extension/shared/repeatCommand';
import { settingRows, valueText, type SettingSchema } from '../../../extension/shared/settingRows';
import { resolvedRun, sampleRun } from '../runs/sampleRun';

const schema = experimentJsonSchema() as SettingSchema;

function rowsOf(overrides: Record<string, unknown>, varied: Record<string, unknown> = {}) {
  return settingRows(resolvedRun(overrides).settings, varied, schema);
}

test('only what was changed differs from the default', () => {
  const rows = rowsOf({ 'adapter.rank': 8, 'training.steps': 100, 'adapter.targets': ['q_proj'] });
  expect(rows.filter(({ differs }) => differs).map(({ setting }) => setting)).toEqual([
    'adapter.rank',
    'adapter.targets',
    'training.steps',
  ]);
  expect(rows.find(({ setting }) => setting === 'adapter.rank')).toMatchObject({
    value: '8',
    standard: '32',
    description: 'Rank of the low-rank update.',
  });
});

test('what must be given does not count as changed', () => {
  const rows = rowsOf({});
  expect(rows.filter(({ differs }) => differs)).toEqual([]);
  expect(rows.map(({ setting }) => setting)).toContain('data.train');
});

test('what the grid varied comes first', () => {
  const rows = rowsOf({ 'training.seed': 1 }, { 'training.seed': 1, method: 'dora' });
  expect(rows.slice(0, 2).map(({ setting, isVaried }) => [setting, isVaried])).toEqual([
    ['method', true],
    ['training.seed', true],
  ]);
  expect(rows[2]?.isVaried).toBe(false);
});

test('a setting of a later version is shown too', () => {
  const settings = { ...resolvedRun().settings, future: 5 };
  const row = settingRows(settings, {}, schema).find(({ setting }) => setting === 'future');
  expect(row).toMatchObject({ value: '5', standard: undefined, differs: true });
});

test('values read as one would write them', () => {
  expect([['a', 'b'], [], 1e-8, true, { q: 4 }, 'x', null].map(valueText)).toEqual([
    'a, b',
    '[]',
    '1e-8',
    'true',
    '{"q":4}',
    'x',
    '–',
  ]);
});

test('the command line makes the one run again', () => {
  expect(repeatCommand({ ...sampleRun(), experimentFile: "/my files/it's.experiment.json" })).toBe(
    `adapter-lab train '/my files/it'\\''s.experiment.json'`,
  );
  expect(repeatCommand({ ...sampleRun(), varied: { method: 'lora', 'adapter.rank': 8 } })).toBe(
    "adapter-lab train /experiments/boolq.experiment.json --set 'grid={}' --set method=lora --set adapter.rank=8",
  );
});
