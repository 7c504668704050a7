// Sampling: every draw is the token that transformers' own distribution gives for the same random number, and the
// frequencies follow that distribution.
import { expect, test } from 'vitest';
import type { GeneratedToken } from '../../extension/trainer/addon';
import { plainGeneration } from '../../extension/trainer/plainGeneration';
import { countedDraw } from './countedDraws';
import { openEngine } from './openEngine';
import { readJson } from './parityCase';

interface Distributions {
  model: string;
  prompt: number[];
  logProbabilities: number[];
  cuts: { temperature: number; topK: number; topP: number; probabilities: number[] }[];
}

const cases = readJson('sampling.json') as Distributions[];
const prompts = 3000;
const seed = 11;
/** Nearer to a border than f32 can tell. */
const border = 1e-5;

/** Tokens by descending probability, and the random numbers below which each is drawn. */
function ladder(probabilities: number[]): { token: number; below: number }[] {
  let below = 0;
  return probabilities
    .map((probability, token) => ({ probability, token }))
    .filter(({ probability }) => probability > 0)
    .sort((a, b) => b.probability - a.probability || a.token - b.token)
    .map(({ probability, token }) => ({ token, below: (below += probability) }));
}

/** Pearson's statistic over tokens that are expected often enough, and their number. */
function chiSquare(counts: Map<number, number>, probabilities: number[]): [number, number] {
  const often = probabilities.map((p, token) => ({ p, token })).filter(({ p }) => p * prompts > 5);
  const terms = often.map(
    ({ p, token }) => ((counts.get(token) ?? 0) - p * prompts) ** 2 / (p * prompts),
  );
  return [terms.reduce((sum, term) => sum + term, 0), often.length];
}

test.each(cases)('$model $prompt', async ({ model, prompt, logProbabilities, cuts }) => {
  const engine = await openEngine({ model, adapter: null, trained: [] });
  for (const { probabilities, ...cut } of cuts) {
    const drawn: GeneratedToken[] = [];
    const request = {
      ...plainGeneration,
      prompts: Array.from({ length: prompts }, () => Int32Array.from(prompt)),
      maxNewTokens: 1,
      endTokens: [],
      sampling: { ...cut, seed },
      atOnce: 100,
    };
    await engine.generate(request, { token: (token) => drawn.push(token) });
    expect(drawn.length).toBe(prompts);
    const steps = ladder(probabilities);
    const counts = new Map<number, number>();
    let told = 0;
    for (const { prompt: index, token, logProbability } of drawn) {
      const draw = countedDraw(seed, index, 0);
      counts.set(token, (counts.get(token) ?? 0) + 1);
      expect(probabilities[token]).toBeGreaterThan(0);
      expect(Math.abs(logProbability - (logProbabilities[token] ?? NaN))).toBeLessThan(1e-4);
      if (steps.some(({ below }) => Math.abs(below - draw) < border)) continue;
      told++;
      expect(token).toBe(steps.find(({ below }) => draw < below)?.token);
    }
    expect(told).toBeGreaterThan(prompts * 0.98);
    const [statistic, kinds] = chiSquare(counts, probabilities);
    expect(statistic).toBeLessThan(kinds + 5 * Math.sqrt(2 * kinds) + 5);
  }
  await engine.dispose();
});

test('tokens differ by prompt, by position and by seed', async () => {
  const engine = await openEngine({ model: 'mha-untied', adapter: null, trained: [] });
  const write = async (ofSeed: number): Promise<string[]> => {
    const request = {
      ...plainGeneration,
      prompts: Array.from({ length: 8 }, () => Int32Array.of(4, 9)),
      maxNewTokens: 16,
      endTokens: [],
      sampling: { temperature: 1.5, topK: 0, topP: 1, seed: ofSeed },
    };
    return (await engine.generate(request)).map(({ tokens }) => tokens.join());
  };
  const [first, again, other] = [await write(1), await write(1), await write(2)];
  expect(again).toEqual(first);
  expect(new Set([...first, ...other]).size).toBe(16);
  await engine.dispose();
});
