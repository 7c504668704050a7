// Steps and peaks of memory over those of PEFT.
import { compareWithPeft, type CaseName } from '../besidePeft';
import { median } from '../report';
import type { MeasureRow } from './setting';

export function besidePeft(
  name: CaseName,
  batchSize: number,
  bars: { step: number; memory?: number },
): MeasureRow {
  return async ({ model, data, python, scratch, rounds, steps, maxLength, threads }) => {
    const fixed = { learningRate: 2e-4, clipNorm: 1, seed: 0 };
    const work = { ...{ model, data, maxLength, steps, threads }, ...fixed };
    const setting = { python: python(), scratch, rounds, work };
    const { ours, theirs } = await compareWithPeft(setting, name, batchSize);
    const what = `${name}, batch ${batchSize}`;
    const step = median(ours.steps) / median(theirs.steps);
    const memory = ours.peakBytes / theirs.peakBytes;
    return [
      { work: `${what}: step over PEFT's`, value: step, unit: 'x', bar: bars.step },
      { work: `${what}: peak memory over PEFT's`, value: memory, unit: 'x', bar: bars.memory },
    ];
  };
}
