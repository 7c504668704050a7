// What a prompt gets does not depend on the prompts beside it, on how many are in work, or on the number of threads:
// the same tokens and log probabilities, bit for bit.
import { expect, test } from 'vitest';
import type { Engine, GenerateRequest } from '../../extension/trainer/addon';
import { plainGeneration } from '../../extension/trainer/plainGeneration';
import { openEngine } from './openEngine';

const models = [
  { model: 'mha-untied', adapter: null },
  { model: 'qwen3', adapter: 'qwen3-dora' },
  { model: 'mistral-window', adapter: null },
];
const vocabulary = 90;
const maxNewTokens = 24;

/** Numbers that look random and never change. */
function* draws(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state >>> 8;
  }
}

/** 20 texts of very different lengths that begin alike. */
function makePrompts(): Int32Array[] {
  const next = draws(7);
  const token = (): number => 3 + ((next.next().value as number) % (vocabulary - 3));
  const common = Array.from({ length: 41 }, token);
  return Array.from({ length: 20 }, (_, i) =>
    Int32Array.from([...common, ...Array.from({ length: 1 + ((i * 37) % 90) }, token)]),
  );
}

/** Everything that a generation tells, by prompt. */
async function record(engine: Engine, request: GenerateRequest): Promise<string[]> {
  const told = request.prompts.map((): string[] => []);
  const texts = await engine.generate(request, {
    token: ({ prompt, token, logProbability, alternatives }) => {
      const others = alternatives.map((other) => [other.token, other.logProbability]);
      told[prompt]?.push(JSON.stringify([token, logProbability, others]));
    },
  });
  return texts.map(({ tokens, ended }, i) => `${tokens.join()} ${ended} ${told[i]?.join() ?? ''}`);
}

const kinds: [string, Partial<GenerateRequest>][] = [
  ['greedy', { alternatives: 3 }],
  ['drawn', { sampling: { temperature: 0.9, topK: 20, topP: 0.9, seed: 5 }, alternatives: 2 }],
  ['4 beams', { beams: 4, endTokens: [17, 40] }],
];

test.each(models.flatMap((opening) => kinds.map((kind) => ({ ...opening, kind }))))(
  '$model $adapter: $kind.0 text in any batch, on any number of threads',
  async ({ kind: [, settings], ...opening }) => {
    const prompts = makePrompts();
    const request = { ...plainGeneration, prompts, maxNewTokens, endTokens: [17], ...settings };
    const all: string[][] = [];
    for (const threads of [1, 2, 5]) {
      const engine = await openEngine({ ...opening, trained: [], threads });
      for (const atOnce of [1, 2, 7, 16]) all.push(await record(engine, { ...request, atOnce }));
      await engine.dispose();
    }
    const [first = []] = all;
    expect(new Set(first).size).toBeGreaterThan(15);
    for (const other of all) expect(other).toEqual(first);
  },
);

test.each(models)('$model $adapter: alone and without a common beginning', async (opening) => {
  const engine = await openEngine({ ...opening, trained: [] });
  const prompts = makePrompts().slice(0, 6);
  const request = { ...plainGeneration, maxNewTokens, endTokens: [17], alternatives: 2 };
  const together = await record(engine, { ...request, prompts });
  for (const [i, prompt] of prompts.entries()) {
    expect(await record(engine, { ...request, prompts: [prompt] })).toEqual([together[i]]);
    const beside = await record(engine, { ...request, prompts: [prompt, Int32Array.of(5, 6)] });
    expect(beside[0]).toEqual(together[i]);
  }
  await engine.dispose();
});

test.each(models)(
  '$model $adapter: drawn by numbers, in whatever part of a request',
  async (opening) => {
    const engine = await openEngine({ ...opening, trained: [] });
    const prompts = makePrompts().slice(0, 6);
    const sampling = { temperature: 0.9, topK: 20, topP: 0.9, seed: 5 };
    const numbers = [7, 0, 3, 4_294_967_295, 12, 1];
    const request = { ...plainGeneration, maxNewTokens, endTokens: [17], alternatives: 2 };
    const draw = (places: readonly number[]): Promise<string[]> =>
      record(engine, {
        ...{ ...request, prompts: places.map((i) => prompts[i] ?? Int32Array.of(1)) },
        sampling: { ...sampling, numbers: places.map((i) => numbers[i] ?? 0) },
      });
    const together = await draw([0, 1, 2, 3, 4, 5]);
    for (const part of [[3], [5, 2], [4, 0, 1]]) {
      expect(await draw(part)).toEqual(part.map((i) => together[i]));
    }
    const byPlace = await record(engine, { ...request, prompts, sampling });
    expect(byPlace[1]).not.toEqual(together[1]);
    const named = { ...sampling, numbers: [0, 1, 2, 3, 4, 5] };
    expect(await record(engine, { ...request, prompts, sampling: named })).toEqual(byPlace);
    await engine.dispose();
  },
);

test.each(models)('$model $adapter: log-likelihoods in any batch', async (opening) => {
  const contexts = makePrompts();
  const continuations = contexts.map((context, i) =>
    [0, 1, 2, 9].map((length) => context.slice(i % 7, (i % 7) + length)),
  );
  const all = [];
  for (const threads of [1, 2, 5]) {
    const engine = await openEngine({ ...opening, trained: [], threads });
    all.push(await engine.logLikelihoods({ contexts, continuations }));
    for (const [i, context] of contexts.slice(0, 3).entries()) {
      const own = continuations[i] ?? [];
      const [alone] = await engine.logLikelihoods({ contexts: [context], continuations: [own] });
      expect(alone).toEqual(all[0]?.[i]);
      for (const [j, continuation] of own.entries()) {
        const request = { contexts: [context], continuations: [[continuation]] };
        expect((await engine.logLikelihoods(request))[0]?.[0]).toEqual(alone?.[j]);
      }
    }
    await engine.dispose();
  }
  for (const other of all) expect(other).toEqual(all[0]);
});
