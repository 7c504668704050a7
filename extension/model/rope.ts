// Rotary frequencies as transformers computes them, each operation rounded to f32 as torch rounds it.
import { Failure } from '../shared/failures';
import type { Fields } from './fields';

const f32 = Math.fround;
const defaultBase = 10_000;
const supported = 'Adapter Lab runs the rope types default, linear and llama3';

export interface RopeSettings {
  base: number;
  type: 'default' | 'linear' | 'llama3';
  /** By which waves become longer: all of them (linear), or the long ones. */
  factor: number;
}

/** From either dialect: rope_parameters (5) or rope_theta and rope_scaling (4). */
export function ropeSettings(config: Fields): RopeSettings {
  const rope = innerRope(config);
  const base = rope?.has('rope_theta')
    ? rope.positive('rope_theta')
    : config.positive('rope_theta', defaultBase);
  if (rope === undefined) return { base, type: 'default', factor: 1 };
  const typeField = rope.has('rope_type') ? 'rope_type' : 'type';
  const type = rope.text(typeField, 'default');
  if (type === 'default') return { base, type, factor: 1 };
  if (type === 'linear' || type === 'llama3')
    return { base, type, factor: rope.positive('factor') };
  throw rope.unsupported(typeField, supported);
}

function innerRope(config: Fields): Fields | undefined {
  return config.inner(config.has('rope_parameters') ? 'rope_parameters' : 'rope_scaling');
}

/** headDim / 2 frequencies. */
export function inverseFrequencies(config: Fields, headDim: number): number[] {
  const rope = innerRope(config);
  checkWhole(config, rope);
  const { base, type, factor } = ropeSettings(config);
  const plain = plainFrequencies(base, headDim);
  if (type === 'linear') return plain.map((frequency) => f32(frequency / f32(factor)));
  return type === 'llama3' && rope !== undefined ? llama3Frequencies(plain, rope, config) : plain;
}

/** Rotating a part of a head only, or layers in different ways, is not what the engine does. */
function checkWhole(config: Fields, rope: Fields | undefined): void {
  for (const fields of rope === undefined ? [config] : [config, rope]) {
    const part = 'partial_rotary_factor';
    if (fields.has(part) && fields.raw(part) !== 1) {
      throw fields.unsupported(part, 'Adapter Lab rotates whole heads');
    }
  }
  for (const layers of ['full_attention', 'sliding_attention']) {
    if (rope?.has(layers))
      throw rope.unsupported(layers, 'Adapter Lab has one rope for all layers');
  }
}

/** Without scaling. */
export function plainFrequencies(base: number, headDim: number): number[] {
  return Array.from({ length: headDim / 2 }, (_, i) =>
    f32(1 / f32(Math.pow(f32(base), f32((2 * i) / headDim)))),
  );
}

/** Llama 3.1: long waves are slowed by `factor`, short ones kept, those between mixed. */
function llama3Frequencies(plain: number[], rope: Fields, config: Fields): number[] {
  const factor = rope.positive('factor');
  const low = rope.positive('low_freq_factor');
  const high = rope.positive('high_freq_factor');
  if (high <= low) throw rope.refused('high_freq_factor', 'must be above low_freq_factor');
  const length = rope.has('original_max_position_embeddings')
    ? rope.count('original_max_position_embeddings')
    : config.count('max_position_embeddings');
  return plain.map((frequency) => {
    const wave = f32(f32(2 * Math.PI) / frequency);
    if (wave > f32(length / low)) return f32(frequency / f32(factor));
    if (wave < f32(length / high)) return frequency;
    const share = f32(f32(f32(length / wave) - f32(low)) / f32(high - low));
    const slowed = f32(f32(f32(1 - share) * frequency) / f32(factor));
    return f32(slowed + f32(share * frequency));
  });
}

/** Frequencies that are not finite would turn every position into NaN. */
export function checkFrequencies(frequencies: number[], config: Fields): number[] {
  if (frequencies.every((frequency) => Number.isFinite(frequency) && frequency >= 0)) {
    return frequencies;
  }
  throw new Failure('config-invalid', {
    file: config.file,
    field: config.has('rope_parameters') ? 'rope_parameters' : 'rope_theta',
    problem: 'gives rotary frequencies that are not finite',
  });
}
