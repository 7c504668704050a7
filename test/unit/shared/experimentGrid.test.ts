import { expect, test } from 'vitest';
import {
  entryOf,
  gridCombinations,
  settingsOfEntry,
  variedBy,
} from '../../../extension/shared/experimentGrid';
import { parseExperiment } from '../../../extension/shared/experimentFile';

const pairs = {
  'method, training.learningRate': [
    ['lora', 3e-4],
    ['dora', 1e-4],
  ],
};

test('settings of one entry vary together, beside other entries', () => {
  const runs = gridCombinations({ ...pairs, 'adapter.rank': [16, 32] }, 'dora');
  expect(runs).toEqual([
    { method: 'lora', 'training.learningRate': 3e-4, 'adapter.rank': 16 },
    { method: 'lora', 'training.learningRate': 3e-4, 'adapter.rank': 32 },
    { method: 'dora', 'training.learningRate': 1e-4, 'adapter.rank': 16 },
    { method: 'dora', 'training.learningRate': 1e-4, 'adapter.rank': 32 },
  ]);
});

test('full fine-tuning is one run for all adapters of the grid', () => {
  const grid = { method: ['full', 'lora'], 'adapter.rank': [4, 8], 'training.seed': [0, 1] };
  expect(gridCombinations(grid, undefined)).toEqual([
    { method: 'full', 'training.seed': 0 },
    { method: 'full', 'training.seed': 1 },
    ...[4, 8].flatMap((rank) =>
      [0, 1].map((seed) => ({ method: 'lora', 'adapter.rank': rank, 'training.seed': seed })),
    ),
  ]);
  expect(gridCombinations({ 'adapter.rank': [4, 8] }, 'full')).toEqual([{}]);
});

test('no grid is one run, an empty list none', () => {
  expect(gridCombinations({}, 'lora')).toEqual([{}]);
  expect(gridCombinations({ method: [] }, 'lora')).toEqual([]);
});

test('entries are found by each of their settings, and by parts of them', () => {
  expect(settingsOfEntry(' a.b ,c')).toEqual(['a.b', 'c']);
  expect(entryOf(pairs, 'training.learningRate')).toBe('method, training.learningRate');
  expect(entryOf({ training: [{}] }, 'training.seed')).toBe('training');
  expect(entryOf(pairs, 'training')).toBeUndefined();
  expect(variedBy('a,b', [1])).toBeUndefined();
  expect(variedBy('a', [1])).toEqual({ a: [1] });
});

const start = '{"name":"a","model":"m","data":{"train":["t"]},\n"grid":{\n';

test('an entry without a value for each setting is refused at its line', () => {
  const text = `${start}"method, training.seed": [["lora", 1], "dora"]}}`;
  expect(() => parseExperiment(text, 'a.experiment.json')).toThrow(
    /a\.experiment\.json, line 3: .*lists of 2 values, one for each of its settings, not "dora"/s,
  );
});

test('a wrong value in an entry of several settings is refused at its line', () => {
  const text = `${start}"method, training.seed": [["lora", -1]]}}`;
  expect(() => parseExperiment(text, 'a.experiment.json')).toThrow(/line 3: .*training\.seed/s);
});
