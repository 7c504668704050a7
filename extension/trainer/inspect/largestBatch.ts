// The largest micro-batch that a run is likely to see, drawn from the measured lengths of its records.
import type { PackedSize } from '../memory/activationBytes';

export interface MeasuredRecords {
  /** In tokens, cut to maxLength. */
  lengths: readonly number[];
  counted: readonly number[];
}

const mostDraws = 2_000;
const mostDrawnRecords = 400_000;

/** `batches`: how many the run makes. */
export function largestBatch(
  { lengths, counted }: MeasuredRecords,
  batchSize: number,
  batches: number,
): PackedSize {
  const size = Math.min(batchSize, lengths.length);
  const draws = Math.max(1, Math.min(batches, mostDraws, Math.floor(mostDrawnRecords / batchSize)));
  let most: PackedSize = { tokens: 0, counted: 0, texts: size };
  // Another step through the records each draw: coprime to most counts, so that all of them are visited.
  let place = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    let tokens = 0;
    let learnt = 0;
    for (let i = 0; i < size; i += 1) {
      place = (place + 7919) % lengths.length;
      const index = (place + draw * 104_729) % lengths.length;
      tokens += lengths[index] ?? 0;
      learnt += counted[index] ?? 0;
    }
    if (tokens > most.tokens) most = { tokens, counted: learnt, texts: size };
  }
  return most;
}
