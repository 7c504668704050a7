// Batches follow from the step's number alone.
import { expect, test } from 'vitest';
import { Batches, sequentialBatches, type BatchSettings } from '../../../extension/data/batches';
import { permutation, split } from '../../../extension/data/order';
import { openRecords } from './dataFixture';

const records = Array.from({ length: 23 }, (_, i) => ({ text: `${'the dog '.repeat(i % 5)}${i}` }));
const settings: BatchSettings = {
  batchSize: 4,
  accumulation: 1,
  epochs: 2,
  seed: 3,
  shuffle: true,
};

async function batches(changes: Partial<BatchSettings> = {}): Promise<Batches> {
  const { data } = await openRecords(records, { format: 'text' });
  return new Batches(data.train, { ...settings, ...changes });
}

test('an epoch has every record once, in another order each time', async () => {
  const run = await batches();
  expect(run.stepsPerEpoch).toBe(6);
  expect(run.steps).toBe(12);
  const epoch = (first: number): number[] =>
    Array.from({ length: 6 }, (_, i) => run.recordsOf(first + i)).flat(2);
  const sorted = [...records.keys()];
  for (const order of [epoch(0), epoch(6)]) {
    expect([...order].sort((a, b) => a - b)).toEqual(sorted);
    expect(order).not.toEqual(sorted);
  }
  expect(epoch(0)).not.toEqual(epoch(6));
  expect(run.recordsOf(5)[0]).toHaveLength(3);
});

test('any step can be made first', async () => {
  const run = await batches({ accumulation: 2 });
  const forwards = Array.from({ length: run.steps }, (_, step) => run.batchesOf(step));
  const again = await batches({ accumulation: 2 });
  for (const step of [5, 0, 3, 4, 1, 2]) expect(again.batchesOf(step)).toEqual(forwards[step]);
});

test('steps are counted as the Hugging Face trainer does', async () => {
  expect((await batches({ accumulation: 4 })).stepsPerEpoch).toBe(2);
  expect((await batches({ accumulation: 4 })).recordsOf(1).map((list) => list.length)).toEqual([
    4, 3,
  ]);
  expect((await batches({ epochs: 0.5 })).steps).toBe(3);
  expect((await batches({ steps: 100 })).steps).toBe(100);
  expect((await batches({ batchSize: 100, epochs: 1 })).steps).toBe(1);
});

test('without shuffling records come as in the file', async () => {
  expect((await batches({ shuffle: false })).recordsOf(7)).toEqual([[4, 5, 6, 7]]);
});

test('a batch is texts side by side', async () => {
  const { data } = await openRecords(records, { format: 'text' });
  const run = new Batches(data.train, { ...settings, accumulation: 2 });
  const { micro, countedTokens, tokens } = run.batchesOf(0);
  const examples = run.recordsOf(0).map((list) => list.map((index) => data.train.get(index)));
  expect(micro).toHaveLength(2);
  micro.forEach((batch, i) => {
    expect([...batch.tokens]).toEqual(examples[i]?.flatMap((example) => [...example.tokens]));
    expect([...batch.targets]).toEqual(examples[i]?.flatMap((example) => [...example.targets]));
    expect([...batch.lengths]).toEqual(examples[i]?.map((example) => example.tokens.length));
  });
  const all = micro.flatMap((batch) => [...batch.targets]);
  expect(tokens).toBe(all.length);
  expect(countedTokens).toBe(all.filter((target) => target >= 0).length);
});

test('records with nothing to learn from are left out', async () => {
  const empty = [{ text: '' }, { text: 'the dog' }, { text: '' }, { text: '' }];
  const { data } = await openRecords(empty, { format: 'text' });
  const run = new Batches(data.train, { ...settings, batchSize: 2, shuffle: false });
  expect([...(run.batchesOf(0).micro[0]?.lengths ?? [])]).toHaveLength(1);
  expect(run.batchesOf(1)).toEqual({ micro: [], countedTokens: 0, tokens: 0 });
  expect([...sequentialBatches(data.train, 2)]).toHaveLength(1);
});

test('orders are pinned: a run started by an older version resumes alike', () => {
  expect([...permutation(10, 0, 0)]).toMatchInlineSnapshot(`
    [
      6,
      8,
      7,
      0,
      5,
      1,
      9,
      2,
      4,
      3,
    ]
  `);
  expect([...permutation(10, 2 ** 40 + 1, 3)]).toMatchInlineSnapshot(`
    [
      6,
      0,
      8,
      3,
      9,
      2,
      7,
      4,
      1,
      5,
    ]
  `);
  expect(split(8, 3, 0)).toMatchInlineSnapshot(`
    {
      "training": [
        0,
        3,
        4,
        5,
        7,
      ],
      "validation": [
        1,
        2,
        6,
      ],
    }
  `);
});

test('every order of three records comes equally often', () => {
  const counts = new Map<string, number>();
  for (let epoch = 0; epoch < 6000; epoch += 1) {
    const order = permutation(3, 1, epoch).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test('validation records are not trained on', async () => {
  const { data } = await openRecords(records, { format: 'text', validation: 5, seed: 9 });
  expect(data.train.length).toBe(18);
  expect(data.validation?.length).toBe(5);
  const { training, validation } = split(23, 5, 9);
  expect([...training, ...validation].sort((a, b) => a - b)).toEqual([...records.keys()]);
  expect(split(23, 5, 10).validation).not.toEqual(validation);
});
