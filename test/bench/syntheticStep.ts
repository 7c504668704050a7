// A step of training on made-up texts, for measurements of the engine alone.
import type { PackedBatch } from '../../extension/shared/engineTypes';
import type { ExperimentSettings } from '../../extension/shared/experiment';
import { parseExperiment } from '../../extension/shared/experimentFile';
import type { Engine } from '../../extension/trainer/addon';

/** Beside those given, what an experiment must have. */
export function settingsWith(given: object): ExperimentSettings {
  const text = JSON.stringify({ name: 'bench', model: 'm', data: { train: ['-'] }, ...given });
  const [run] = parseExperiment(text, 'bench').runs;
  if (run === undefined) throw new Error('an experiment without runs');
  return run.settings;
}

/** So many texts of `length` tokens, of which `alike` are the same; all but the first token of each are foretold. */
export function syntheticBatch(
  texts: number,
  length: number,
  vocabulary: number,
  alike = 0,
): PackedBatch {
  const tokens = Int32Array.from({ length: texts * length }, (_, i) => {
    const place = i % length;
    return ((place < alike ? place : i) * 7919) % vocabulary;
  });
  const isLast = (i: number): boolean => (i + 1) % length === 0;
  const targets = Int32Array.from(tokens, (_, i) => (isLast(i) ? -1 : (tokens[i + 1] ?? -1)));
  return { tokens, targets, lengths: new Int32Array(texts).fill(length) };
}

export async function takeStep(engine: Engine, batch: PackedBatch, step: number): Promise<void> {
  const rest = { learningRate: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
  await engine.accumulate(batch, 1 / batch.tokens.length, step);
  await engine.update({ ...rest, clipNorm: 1, step });
}
