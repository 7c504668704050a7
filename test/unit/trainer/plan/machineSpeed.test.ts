import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { machineSpeed } from '../../../../extension/trainer/plan/machineSpeed';
import { emptyFolder } from '../../model/modelFixture';

const slow = { operationsPerSecond: 1e9, storedOperationsPerSecond: 3e9, bytesPerSecond: 8e9 };
const fast = { operationsPerSecond: 5e9, storedOperationsPerSecond: 2e9, bytesPerSecond: 4e9 };
const minuteMs = 60_000;

/** Tells what was measured, in turn. */
function measuring(...speeds: (typeof slow)[]) {
  const left = [...speeds];
  return { measure: () => Promise.resolve(left.shift()), left };
}

test('is measured once, and kept for the next', async () => {
  const folder = emptyFolder();
  const { measure, left } = measuring(slow, fast);
  const options = { folder, measure, isBusy: false };
  expect(await machineSpeed(0, { ...options, now: 0 })).toEqual(slow);
  expect(await machineSpeed(0, { ...options, now: 60 * minuteMs })).toEqual(slow);
  expect(left).toEqual([fast]);
  expect(readdirSync(folder)).toHaveLength(1);
});

test('counts as the best of what was measured; a busy machine is measured again after a minute', async () => {
  const folder = emptyFolder();
  const { measure } = measuring(slow, fast);
  const options = { folder, measure, isBusy: true };
  expect(await machineSpeed(0, { ...options, now: 0 })).toEqual(slow);
  expect(await machineSpeed(0, { ...options, now: 2 * minuteMs })).toEqual({
    operationsPerSecond: 5e9,
    storedOperationsPerSecond: 3e9,
    bytesPerSecond: 8e9,
  });
});

test('of another number of threads is another', async () => {
  const folder = emptyFolder();
  const { measure } = measuring(slow, fast);
  expect(await machineSpeed(1, { folder, measure })).toEqual(slow);
  expect(await machineSpeed(2, { folder, measure })).toEqual(fast);
});

test('is unknown without an engine, and measured anew where what was kept is broken', async () => {
  const folder = emptyFolder();
  expect(await machineSpeed(0, { folder, ...measuring() })).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
  await machineSpeed(0, { folder, ...measuring(slow) });
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '{"format":1}');
  expect(await machineSpeed(0, { folder, ...measuring(fast) })).toEqual(fast);
});

test('of the engine itself is that of a processor', async () => {
  const speed = await machineSpeed(0, { folder: emptyFolder() });
  expect(speed?.operationsPerSecond).toBeGreaterThan(1e8);
  expect(speed?.bytesPerSecond).toBeGreaterThan(1e8);
});
