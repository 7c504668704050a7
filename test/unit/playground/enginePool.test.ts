// Engines of a round where memory is short: one makes room for the next.
import { beforeEach, expect, it } from 'vitest';
import { planEngines, type EnginePlan } from '../../../extension/cli/playground/enginePlan';
import { EnginePool } from '../../../extension/cli/playground/enginePool';
import type { PreparedModel } from '../../../extension/cli/playground/preparedModel';
import { Failure } from '../../../extension/shared/failures';
import type { Engine } from '../../../extension/trainer/addon';

let open: number;
let room: number;
let pool: EnginePool;

/** Of one byte each, in a memory of `room` bytes. */
function openOne(): Promise<Engine> {
  if (open >= room) throw new Failure('out-of-memory', { what: 'weights', sizeBytes: 1 });
  open += 1;
  const engine = {
    parameters: [],
    memory: () => Promise.resolve({ weights: 1, adapters: 0, optimizer: 0, activations: 0 }),
    dispose: () => {
      open -= 1;
      return Promise.resolve();
    },
  };
  return Promise.resolve(engine as unknown as Engine);
}

function planOf(base: string): EnginePlan {
  const plan = planEngines([{ id: base, base, modules: [], trainedTensors: [] }]).get(base);
  if (plan === undefined) throw new Error('no plan');
  return plan;
}

const modelOf = (key: string) => ({ key }) as unknown as PreparedModel;

beforeEach(() => {
  open = 0;
  pool = new EnginePool({ threads: 1 }, openOne);
});

it('all stay loaded where there is room', async () => {
  room = 2;
  for (const base of ['one', 'two', 'one']) await pool.open(planOf(base), modelOf(base));
  expect(open).toBe(2);
});

it('the others go where there is none, and come back when they are asked', async () => {
  room = 1;
  for (const base of ['one', 'two', 'one']) {
    const { baseBytes } = await pool.open(planOf(base), modelOf(base));
    expect([baseBytes, open]).toEqual([1, 1]);
  }
});

it('what does not fit alone is refused', async () => {
  room = 0;
  await expect(pool.open(planOf('one'), modelOf('one'))).rejects.toThrow(/not enough memory/);
});
