// Steps and peaks of memory over those of PEFT.
import { compareWithPeft, type CaseName, type PeftSetting } from '../besidePeft';
import { median } from '../report';
import type { EngineSetting, MeasureRow } from './setting';

/** What all comparisons train with. */
export function trainingOf(setting: EngineSetting): PeftSetting['work'] {
  const { model, data, maxLength, steps, threads } = setting;
  const fixed = { learningRate: 2e-4, clipNorm: 1, seed: 0 };
  return { ...{ model, data, maxLength, steps, threads }, ...fixed };
}

export function besidePeft(
  name: CaseName,
  batchSize: number,
  bars: { step: number; memory?: number },
): MeasureRow {
  return async ({ python, ...given }) => {
    const setting = { ...given, python: python(), work: trainingOf(given) };
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
