// Whoever measures, evaluates or saves a run with a moving average does so with the average; training goes on from the
// values themselves.
import type { Engine } from './addon';

/** The averages stand in the values' place while `work` is done. `decay` 0: there are none. */
export async function withAverages<T>(
  engine: Engine,
  decay: number,
  work: () => Promise<T>,
): Promise<T> {
  if (decay === 0) return work();
  await engine.exchangeAverages();
  try {
    return await work();
  } finally {
    await engine.exchangeAverages();
  }
}
