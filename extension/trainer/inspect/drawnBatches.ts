// Micro-batches that a run is likely to see, drawn from the measured lengths of its records.
import { permutation } from '../../data/order';
import { packedSize, type PackedSize, type TextSizes } from '../memory/packedSize';

/** In the order of their tokens, cut to maxLength. */
export interface MeasuredRecords {
  lengths: readonly number[];
  counted: readonly number[];
  /** Tokens that a record begins with as the one before it does. */
  alike: readonly number[];
}

interface DrawnBatch extends TextSizes {
  records: Int32Array;
}

const mostDraws = 2_000;
const mostDrawnRecords = 400_000;
/** The mean of so many stands for what most steps see. */
const usualDraws = 16;

/** The largest of `batches`, as many as the run makes. */
export function largestBatch(
  measured: MeasuredRecords,
  batchSize: number,
  batches: number,
): PackedSize {
  const draws = Math.min(batches, mostDraws, Math.floor(mostDrawnRecords / batchSize));
  let most: DrawnBatch | undefined;
  for (const drawn of drawnBatches(measured, batchSize, Math.max(1, draws)))
    if (most === undefined || drawn.tokens > most.tokens) most = drawn;
  if (most === undefined) return packedSize({ tokens: 0, counted: 0, texts: 0 }, 0);
  return packedSize(most, savedTokens(measured, most.records));
}

/** What most steps see: as many records as a micro-batch holds, although there may be fewer. */
export function usualBatch(measured: MeasuredRecords, texts: number): PackedSize {
  const sum = { tokens: 0, counted: 0, texts: 0, saved: 0 };
  for (const drawn of drawnBatches(measured, texts, usualDraws)) {
    sum.tokens += drawn.tokens;
    sum.counted += drawn.counted;
    sum.texts += drawn.texts;
    sum.saved += savedTokens(measured, drawn.records);
  }
  const share = texts / Math.max(1, sum.texts);
  const mean = { tokens: share * sum.tokens, counted: share * sum.counted, texts };
  return packedSize(mean, share * sum.saved);
}

/** So many micro-batches, one epoch after the other. */
function* drawnBatches(
  { lengths, counted }: MeasuredRecords,
  batchSize: number,
  draws: number,
): Generator<DrawnBatch> {
  const texts = Math.min(batchSize, lengths.length);
  if (texts === 0) return;
  const inEpoch = Math.floor(lengths.length / texts);
  let order: Int32Array = new Int32Array();
  for (let draw = 0; draw < draws; draw += 1) {
    const place = draw % inEpoch;
    if (place === 0) order = permutation(lengths.length, 0, draw / inEpoch);
    const records = order.subarray(place * texts, (place + 1) * texts);
    const drawn: DrawnBatch = { tokens: 0, counted: 0, texts, records };
    for (const record of records) {
      drawn.tokens += lengths[record] ?? 0;
      drawn.counted += counted[record] ?? 0;
    }
    yield drawn;
  }
}

/** Two records have in common what all that stand between them have. */
function savedTokens({ lengths, alike }: MeasuredRecords, records: Int32Array): number {
  const ordered = records.slice().sort();
  let saved = 0;
  for (const [i, record] of ordered.entries()) {
    const before = ordered[i - 1];
    if (before === undefined) continue;
    // The last token of a text is not computed at all.
    let common = Math.min(lengths[before] ?? 0, lengths[record] ?? 0) - 1;
    for (let between = before + 1; between <= record; between += 1)
      common = Math.min(common, alike[between] ?? 0);
    saved += common;
  }
  return saved;
}
