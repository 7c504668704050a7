// A run with a moving average: what it saves and measures is the average, and the values themselves lie beside it.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listCheckpoints } from '../../extension/runs/checkpoints';
import { readArrays } from '../golden/tensorFile';
import { eventsOf, makeRun, trainToEnd, useWorkspace } from './trainerProcess';
import type { Workspace } from './workspace';

let workspace: Workspace;
useWorkspace((made) => (workspace = made));

async function train(training: object): Promise<string> {
  const data = {
    train: ['data/train.json'],
    validation: 'data/train.json',
    template: '{instruction} {output}',
  };
  const run = makeRun(workspace, {
    ...{ method: 'dora', data, checkpoints: { every: 1, keep: 12 } },
    training: { batchSize: 4, steps: 8, learningRate: 0.02, warmupSteps: 0, ...training },
  });
  await trainToEnd(run);
  return run;
}

test('training itself is the same, checkpoints hold the average of its values', async () => {
  const [plain, averaged] = [await train({}), await train({ ema: 0.75 })];
  const losses = async (run: string): Promise<number[]> =>
    (await eventsOf(run, 'step')).map(({ loss }) => loss);
  expect(await losses(averaged)).toEqual(await losses(plain));
  const valuesOf = (run: string): Map<string, Float32Array>[] =>
    listCheckpoints(run).map(({ folder }) => readArrays(join(folder, 'adapter_model.safetensors')));
  const raw = valuesOf(plain);
  for (const [name, last] of valuesOf(averaged).at(-1) ?? []) {
    const expected = raw
      .slice(1)
      .reduce(
        (average, step) =>
          average.map((one, i) => 0.75 * one + 0.25 * (step.get(name)?.[i] ?? NaN)),
        Float64Array.from(raw[0]?.get(name) ?? []),
      );
    last.forEach((value, i) => {
      expect(value, name).toBeCloseTo(expected[i] ?? NaN, 5);
    });
  }
  const end = listCheckpoints(averaged).at(-1)?.folder ?? '';
  const beside = readArrays(join(end, 'optimizer.safetensors'));
  for (const [name, values] of raw.at(-1) ?? []) {
    expect(beside.get(`value.${name.replace('base_model.model.', '')}`)).toEqual(values);
  }
  const measured = await lossOf(end);
  const told = (await eventsOf(averaged, 'eval')).at(-1)?.loss ?? NaN;
  expect(measured).toBeCloseTo(told, 5);
  expect(
    Math.abs(told - (await lossOf(listCheckpoints(plain).at(-1)?.folder ?? ''))),
  ).toBeGreaterThan(1e-4);
}, 60_000);

/** Of an adapter on the records that the runs validate on, as everybody else measures it. */
async function lossOf(adapter: string): Promise<number> {
  const data = ['--data', 'data/train.json', '--template', '{instruction} {output}'];
  const { json } = await workspace.json<{ loss: number }>(
    'loss',
    'model',
    '--adapter',
    adapter,
    ...data,
  );
  return json.loss;
}
