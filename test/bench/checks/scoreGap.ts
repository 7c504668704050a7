// By how much the search here found the better text: beams that tie are decided by rounding.
import type { Engine } from '../../../extension/trainer/addon';

const NEW_TOKENS = 32;

/** Scores as beam search has them, log probability a token; an end token counts where one was written. */
export async function scoreGap(
  engine: Engine,
  prompt: Int32Array,
  texts: readonly number[][],
  endTokens: readonly number[],
): Promise<string> {
  const whole = texts.map((text) =>
    Int32Array.from(text.length < NEW_TOKENS ? [...text, ...endTokens.slice(0, 1)] : text),
  );
  const [found = []] = await engine.logLikelihoods({ contexts: [prompt], continuations: [whole] });
  const [ours = NaN, theirs = NaN] = whole.map(({ length }, i) => (found[i]?.sum ?? NaN) / length);
  return `score ${ours.toFixed(6)} here, ${theirs.toFixed(6)} there, ${(ours - theirs).toExponential(1)} better`;
}
