// Greedy and beam search, token for token as transformers' generate, one prompt at a time and all at once.
import { expect, test } from 'vitest';
import { plainGeneration } from '../../extension/trainer/plainGeneration';
import { openEngine } from './openEngine';
import { readJson } from './parityCase';

interface Continuations {
  model: string;
  adapter: string | null;
  beams: number;
  maxNewTokens: number;
  endTokens: number[];
  texts: { prompt: number[]; tokens: number[] }[];
}

const cases = readJson('generation.json') as Continuations[];

test('the golden continuations hold early ends and full lengths', () => {
  const lengths = cases.flatMap(({ texts }) => texts.map(({ tokens }) => tokens.length));
  expect(lengths.length).toBeGreaterThan(200);
  expect(lengths.filter((length) => length < 32).length).toBeGreaterThan(60);
});

test.each(cases)('$model $adapter, $beams beams, ends at $endTokens', async (wanted) => {
  const { beams, maxNewTokens, endTokens, texts } = wanted;
  const engine = await openEngine({ ...wanted, trained: [] });
  const prompts = texts.map(({ prompt }) => Int32Array.from(prompt));
  const request = { ...plainGeneration, beams, maxNewTokens, endTokens };
  const together = await engine.generate({ ...request, prompts });
  for (const [index, { tokens }] of texts.entries()) {
    expect([...(together[index]?.tokens ?? [])], `prompt ${index} among others`).toEqual(tokens);
    const alone = await engine.generate({ ...request, prompts: prompts.slice(index, index + 1) });
    expect([...(alone[0]?.tokens ?? [])], `prompt ${index} alone`).toEqual(tokens);
  }
  await engine.dispose();
});
