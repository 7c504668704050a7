// What a listener hears of a generation, and how a generation is stopped.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WrittenText } from '../../extension/shared/generation';
import type { Engine, GenerateRequest } from '../../extension/trainer/addon';
import { plainGeneration } from '../../extension/trainer/plainGeneration';
import { openEngine } from './openEngine';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine({ model: 'mha-untied', adapter: null, trained: [] });
});
afterAll(() => engine.dispose());

const request: GenerateRequest = {
  ...plainGeneration,
  prompts: [3, 20, 41, 60, 77].map((token) => Int32Array.of(token, 9, token)),
  maxNewTokens: 40,
  endTokens: [],
  atOnce: 2,
};
/** Long enough to be stopped on the way. */
const long = { ...request, maxNewTokens: 20_000 };

test('tells every token in order and each text once', async () => {
  const tokens = request.prompts.map((): number[] => []);
  const done = new Map<number, WrittenText>();
  const texts = await engine.generate(
    { ...request, alternatives: 4 },
    {
      token: ({ prompt, token, logProbability, alternatives }) => {
        expect(done.has(prompt)).toBe(false);
        expect(alternatives[0]).toEqual({ token, logProbability });
        expect(alternatives.length).toBe(4);
        tokens[prompt]?.push(token);
      },
      done: (prompt, text) => done.set(prompt, text),
    },
  );
  expect(texts.map((text) => [...text.tokens])).toEqual(tokens);
  expect([...done.keys()].sort()).toEqual([0, 1, 2, 3, 4]);
  for (const [prompt, text] of done) expect(text).toEqual(texts[prompt]);
});

test('an end token is neither told nor part of the text', async () => {
  const [free] = await engine.generate(request);
  const end = free?.tokens[5] ?? -1;
  const told: number[] = [];
  const [text] = await engine.generate(
    { ...request, endTokens: [end] },
    { token: ({ prompt, token }) => prompt === 0 && told.push(token) },
  );
  const before = [...(free?.tokens ?? [])].slice(0, free?.tokens.indexOf(end));
  expect(text).toEqual({ tokens: Int32Array.from(before), ended: 'end' });
  expect(told).toEqual(before);
});

test('beams tell texts but no tokens', async () => {
  const done: number[] = [];
  await engine.generate(
    { ...request, beams: 3, alternatives: 2 },
    { token: () => expect.unreachable(), done: (prompt) => done.push(prompt) },
  );
  expect(done.sort()).toEqual([0, 1, 2, 3, 4]);
});

test.each([1, 3])('stops one prompt, then all, with %i beams', async (beams) => {
  const order: number[] = [];
  const running = engine.generate(
    { ...long, beams },
    {
      done: (prompt) => {
        order.push(prompt);
        if (prompt === 1) engine.stopGenerating();
      },
    },
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  engine.stopGenerating(1);
  engine.stopGenerating(99);
  const texts = await running;
  expect(order[0]).toBe(1);
  expect(texts.map(({ ended }) => ended)).toEqual(Array(5).fill('stopped'));
  expect(texts[1]?.tokens.length).toBeGreaterThan(0);
  expect(texts[4]?.tokens.length).toBe(0);
  const [after] = await engine.generate(request);
  expect(after?.ended).toBe('length');
});

test('a stopped text is the beginning of the whole one', async () => {
  const short = { ...request, prompts: request.prompts.slice(0, 1), maxNewTokens: 3000 };
  const [whole] = await engine.generate(short);
  const running = engine.generate(short);
  await new Promise((resolve) => setTimeout(resolve, 20));
  engine.stopGenerating(0);
  const [part] = await running;
  expect(part?.ended).toBe('stopped');
  expect(part?.tokens).toEqual(whole?.tokens.slice(0, part?.tokens.length));
});

test('stops what waits for its turn too', async () => {
  const both = [engine.generate(long), engine.generate(long)];
  engine.stopGenerating();
  for (const texts of await Promise.all(both))
    for (const { ended } of texts) expect(ended).toBe('stopped');
});

test('a listener that throws ends the generation with its error', async () => {
  const failing = engine.generate(long, {
    token: () => {
      throw new Error('enough');
    },
  });
  await expect(failing).rejects.toThrow('enough');
  expect((await engine.generate(request)).length).toBe(5);
});

const nonsense: [string, Partial<GenerateRequest>][] = [
  ['a prompt without tokens', { prompts: [Int32Array.of()] }],
  ['a token that the model does not have', { prompts: [Int32Array.of(101)] }],
  ['a token that the model does not have', { prompts: [Int32Array.of(-1)] }],
  ['beams', { beams: 0 }],
  ['beams', { beams: 200 }],
  ['maxNewTokens', { maxNewTokens: -1 }],
  ['lengthPenalty', { lengthPenalty: NaN }],
  ['atOnce', { atOnce: 0 }],
  ['alternatives', { alternatives: -1 }],
  ['sampling with beams', { beams: 2, sampling: { temperature: 1, topK: 0, topP: 1, seed: 0 } }],
  ['temperature', { sampling: { temperature: 0, topK: 0, topP: 1, seed: 0 } }],
  ['topK', { sampling: { temperature: 1, topK: -1, topP: 1, seed: 0 } }],
  ['topP', { sampling: { temperature: 1, topK: 0, topP: 1.5, seed: 0 } }],
];

test.each(nonsense)('refuses %s (%j)', async (detail, wrong) => {
  const refused = engine.generate({ ...request, ...wrong });
  await expect(refused).rejects.toMatchObject({ code: 'internal', subject: 'generate' });
  await expect(refused).rejects.toThrow(detail);
});

test('refuses log-likelihoods of nothing', async () => {
  const contexts = [Int32Array.of(5)];
  for (const wrong of [
    { contexts: [Int32Array.of()], continuations: [[]] },
    { contexts, continuations: [] },
    { contexts, continuations: [[Int32Array.of(500)]] },
  ])
    await expect(engine.logLikelihoods(wrong)).rejects.toMatchObject({ code: 'internal' });
});

test('no prompts, no new tokens, and a prompt far beyond the context', async () => {
  expect(await engine.generate({ ...request, prompts: [] })).toEqual([]);
  const none = await engine.generate({ ...request, maxNewTokens: 0 });
  expect(none.every(({ tokens, ended }) => tokens.length === 0 && ended === 'length')).toBe(true);
  const endless = Int32Array.from({ length: 3000 }, (_, i) => 3 + (i % 90));
  for (const beams of [1, 3]) {
    const [text] = await engine.generate({ ...request, beams, prompts: [endless] });
    expect(text?.tokens.length).toBe(40);
  }
});
