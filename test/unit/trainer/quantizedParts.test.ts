// Quantised bases by name, and what settings may not say of a folder that is quantised already.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readModelFolder } from '../../../extension/model/folder';
import { blockSizes, type ExperimentSettings } from '../../../extension/shared/experiment';
import { parseExperiment } from '../../../extension/shared/experimentFile';
import {
  quantizationName,
  quantizationOfName,
} from '../../../extension/trainer/quantized/quantizationName';
import { trainedModel, trainedParts } from '../../../extension/trainer/trainedParts';

const folder = readModelFolder(join(import.meta.dirname, '../../golden/quantised/gqa-tied'));
const placeOf = (): { file: string; line: number } => ({ file: 'a.experiment.json', line: 3 });

function settingsOf(changes: object): ExperimentSettings {
  const all = { name: 'a', model: 'm', data: { train: ['t'] }, adapter: { rank: 4 }, ...changes };
  const [run] = parseExperiment(JSON.stringify(all), 'a.experiment.json').runs;
  if (run === undefined) throw new Error('no run');
  return run.settings;
}

test('every quantisation has a name of its own, and is found by it', () => {
  const all = blockSizes.flatMap((blockSize) =>
    [false, true].map((double) => ({ blockSize, double })),
  );
  for (const one of all) expect(quantizationOfName(quantizationName(one))).toEqual(one);
  expect(quantizationName({ blockSize: 64, double: true })).toBe('nf4-double');
  for (const other of ['nf4-48', 'nf4-', 'fp4', 'NF4', 'nf4-double-64', ''])
    expect(quantizationOfName(other)).toBeUndefined();
});

describe('a base that is quantised already', () => {
  test.each(['full', 'lora', 'dora'])('is refused for %s', (method) => {
    expect(() => trainedParts(settingsOf({ method }), folder, placeOf)).toThrow(
      `a.experiment.json, line 3: m is quantised to 4 bits, which "${method}" does not train on; use qlora or qdora.`,
    );
  });

  test('is used as it is where the settings say nothing or the same', () => {
    for (const quantization of [{}, { double: true }]) {
      const settings = settingsOf({ method: 'qdora', quantization });
      const parts = trainedParts(settings, folder, placeOf);
      expect(trainedModel(settings, folder, parts).quantization).toEqual({
        ...{ blockSize: 64, double: true },
      });
    }
  });

  test('is not quantised otherwise', () => {
    const settings = settingsOf({ method: 'qlora', quantization: { blockSize: 128 } });
    expect(() => trainedParts(settings, folder, placeOf)).toThrow(
      '"quantization" says nf4-128, but m is quantised already, as nf4-double; leave it out.',
    );
  });
});
