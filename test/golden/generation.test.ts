// Greedy and beam search, token for token as transformers' generate, one prompt at a time and all at once.
import { expect, test } from 'vitest';
import { plainGeneration } from '../../extension/trainer/plainGeneration';
import { openEngine } from './openEngine';
import { readJson } from './parityCase';

interface Continuations {
  model: string;
  adapter: string | null;
  beams: number;
  lengthPenalty: number;
  earlyStopping: boolean | 'never';
  maxNewTokens: number;
  endTokens: number[];
  texts: { prompt: number[]; tokens: number[] }[];
}

const cases = readJson('generation.json') as Continuations[];

/** Prompts whose text is another one when this setting alone is. */
function textsThatChangeWith(setting: 'lengthPenalty' | 'earlyStopping'): number {
  const kinds = new Map<string, Set<string>>();
  for (const { texts, ...search } of cases) {
    for (const { prompt, tokens } of texts) {
      const key = JSON.stringify([{ ...search, [setting]: null }, prompt]);
      kinds.set(key, (kinds.get(key) ?? new Set()).add(tokens.join()));
    }
  }
  return [...kinds.values()].filter(({ size }) => size > 1).length;
}

test('the golden continuations hold early ends and full lengths, and settings that matter', () => {
  const lengths = cases.flatMap(({ texts }) => texts.map(({ tokens }) => tokens.length));
  expect(lengths.length).toBeGreaterThan(200);
  expect(lengths.filter((length) => length < 32).length).toBeGreaterThan(60);
  expect(textsThatChangeWith('lengthPenalty')).toBeGreaterThan(20);
  expect(textsThatChangeWith('earlyStopping')).toBeGreaterThan(20);
});

const title =
  '$model $adapter, $beams beams, ends at $endTokens, penalty $lengthPenalty, stopping $earlyStopping';

test.each(cases)(title, async (wanted) => {
  const { beams, lengthPenalty, earlyStopping, maxNewTokens, endTokens, texts } = wanted;
  const engine = await openEngine({ ...wanted, trained: [] });
  const prompts = texts.map(({ prompt }) => Int32Array.from(prompt));
  const search = { beams, lengthPenalty, earlyStopping };
  const request = { ...plainGeneration, ...search, maxNewTokens, endTokens };
  const together = await engine.generate({ ...request, prompts });
  for (const [index, { tokens }] of texts.entries()) {
    expect([...(together[index]?.tokens ?? [])], `prompt ${index} among others`).toEqual(tokens);
    const alone = await engine.generate({ ...request, prompts: prompts.slice(index, index + 1) });
    expect([...(alone[0]?.tokens ?? [])], `prompt ${index} alone`).toEqual(tokens);
  }
  await engine.dispose();
});
