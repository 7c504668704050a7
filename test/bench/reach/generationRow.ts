// Generation with 4 beams over transformers' at the batch that suits it best; the texts have to be equal.
import { compareGeneration } from '../generation';
import type { MeasureRow } from './setting';

export const generation: MeasureRow = async ({ python, questions, ...setting }) => {
  if (questions === undefined) {
    process.stderr.write('generation is left out: --questions FILE asks for it\n');
    return [];
  }
  const { areEqual, speedup } = await compareGeneration({
    ...{ ...setting, questions, python: python() },
  });
  const texts = areEqual ? 'equal texts' : 'TEXTS DIFFER';
  const work = `generation, 4 beams, over transformers' best batch (${texts})`;
  return [{ work, value: areEqual ? speedup : 0, unit: 'x', bar: 5, atLeast: true }];
};
