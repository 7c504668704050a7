// The next token from logits: the likeliest, or drawn after temperature, top-k and top-p.
import type { AnswerSettings } from '../../shared/playground';
import type { ChosenToken } from './tokenGenerator';

interface Picking {
  settings: AnswerSettings;
  alternatives: number;
  /** From 0 to below 1. */
  draw: () => number;
}

export function pickToken(
  logits: Float32Array,
  { settings, alternatives, draw }: Picking,
): ChosenToken {
  const order = Array.from(logits.keys()).sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0));
  const largest = logits[order[0] ?? 0] ?? 0;
  const total = logits.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  const logProbability = (token: number): number =>
    (logits[token] ?? 0) - largest - Math.log(total);
  const token = settings.isSampled ? drawToken(logits, order, settings, draw) : (order[0] ?? 0);
  const likeliest = order.slice(0, alternatives);
  return {
    token,
    logProbability: logProbability(token),
    alternatives: likeliest.map((one) => ({ token: one, logProbability: logProbability(one) })),
  };
}

function drawToken(
  logits: Float32Array,
  order: readonly number[],
  { temperature, topK, topP }: AnswerSettings,
  draw: () => number,
): number {
  const kept = topK > 0 ? order.slice(0, topK) : order;
  const largest = logits[kept[0] ?? 0] ?? 0;
  const weights = kept.map((token) => Math.exp(((logits[token] ?? 0) - largest) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let mass = 0;
  let count = 0;
  while (count < kept.length && mass < topP * total) mass += weights[count++] ?? 0;
  let left = draw() * mass;
  for (let index = 0; index < count; index += 1) {
    left -= weights[index] ?? 0;
    if (left < 0) return kept[index] ?? 0;
  }
  return kept[count - 1] ?? 0;
}

/** A linear congruential generator. */
export function makeDraws(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
