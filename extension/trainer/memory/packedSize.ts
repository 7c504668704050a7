// How much of a micro-batch is computed, as native/model/packing.cc has it.
import type { ExperimentSettings } from '../../shared/experiment';

/** Texts packed side by side. */
export interface PackedSize {
  /** Tokens that attention sees: of all texts but their last, which foretells nothing. */
  places: number;
  /** Tokens that are computed: what texts begin alike with is computed once. */
  rows: number;
  /** Rows that the loss counts, which the last layer ends with. */
  counted: number;
  texts: number;
}

export interface TextSizes {
  /** Of all texts together. */
  tokens: number;
  /** Of them those that the loss counts. */
  counted: number;
  texts: number;
}

/** Rows are shared if that saves one place in so many. */
const paysFromOneIn = 16;

/** `saved`: tokens that texts begin with as others do. */
export function packedSize({ tokens, counted, texts }: TextSizes, saved: number): PackedSize {
  const places = Math.max(0, tokens - texts);
  const rows = saved * paysFromOneIn < places ? places : places - saved;
  return { places, rows, counted: Math.min(counted, rows), texts };
}

/** No micro-batch of so many records needs more memory. The last layer that ends with all rows but one keeps most. */
export function longestBatch(
  texts: number,
  { maxLength, lossOn }: Pick<ExperimentSettings['data'], 'maxLength' | 'lossOn'>,
): PackedSize {
  const all = packedSize({ tokens: texts * maxLength, counted: texts * maxLength, texts }, 0);
  return lossOn === 'all' ? all : { ...all, counted: Math.max(0, all.rows - 1) };
}
