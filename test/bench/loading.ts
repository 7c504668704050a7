// How long a model takes from its folder into the engine, files in the page cache.
import { readModelFolder } from '../../extension/model/folder';
import { openEngine } from '../../extension/trainer/openModel';

const TIMES = 5;

/** Median seconds. */
export async function timeLoading(model: string, threads: number): Promise<number> {
  const seconds: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const begin = performance.now();
    const engine = await openEngine(readModelFolder(model), { threads });
    seconds.push((performance.now() - begin) / 1000);
    await engine.dispose();
  }
  return seconds.sort((a, b) => a - b)[Math.floor(TIMES / 2)] ?? NaN;
}
