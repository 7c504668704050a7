// What transformers' generate wrote, and the comparison with it.
import { expect } from 'vitest';
import { plainGeneration } from '../../extension/trainer/plainGeneration';
import { openEngine } from './openEngine';
import { readJson } from './parityCase';

export interface Continuations {
  model: string;
  adapter: string | null;
  beams: number;
  lengthPenalty: number;
  earlyStopping: boolean | 'never';
  maxNewTokens: number;
  endTokens: number[];
  texts: { prompt: number[]; tokens: number[] }[];
}

export const allContinuations = readJson('generation.json') as Continuations[];

export const title =
  '$model $adapter, $beams beams, ends at $endTokens, penalty $lengthPenalty, stopping $earlyStopping';

/** Token for token, one prompt at a time and all at once. */
export async function expectContinuations(wanted: Continuations): Promise<void> {
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
}

/** How hypotheses are scored and when a search ends is decided on the host, whatever multiplies. */
export function isDecidedOnHost({ lengthPenalty, earlyStopping }: Continuations): boolean {
  // Of these one, which is searched to the end, goes through every device too.
  return lengthPenalty !== 1 && !(lengthPenalty === 2 && earlyStopping === 'never');
}
