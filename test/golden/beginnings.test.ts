// Texts that begin alike, whose beginnings are computed once, in a batch and alone.
import { expect, test } from 'vitest';
import { accumulate, readAll } from './engineSteps';
import { largest, largestDifference } from './compare';
import { openEngine } from './openEngine';
import { pack, parityCases, type Texts } from './parityCase';

const GRADIENT = 1e-5; // of the tensor's largest: sums have another order

const alone = ({ texts, firstCounted }: Texts): Texts[] =>
  texts.map((text, i) => ({ texts: [text], firstCounted: [firstCounted[i] ?? 0] }));

const cases = parityCases().filter(({ name }) => name.endsWith('-beginnings'));

test.each(cases)('$name: each text has the loss that it has alone', async (parity) => {
  const batches = parity.steps.flat();
  expect(batches.length).toBeGreaterThan(2);
  const engine = await openEngine({ ...parity, trained: [] });
  for (const batch of batches) {
    const together = await engine.loss(pack(batch));
    let sum = 0;
    let tokens = 0;
    for (const one of alone(batch)) {
      const own = await engine.loss(pack(one));
      sum += own.lossSum;
      tokens += own.tokens;
    }
    expect(together.tokens).toBe(tokens);
    expect(Math.abs(together.lossSum / sum - 1)).toBeLessThan(1e-12);
  }
  await engine.dispose();
});

test.each(cases)('$name: gradients are those of the texts alone', async (parity) => {
  const [first = []] = parity.steps;
  const gradients = [];
  for (const batches of [first, first.flatMap(alone)]) {
    const engine = await openEngine({ ...parity, training: true });
    await accumulate(engine, batches);
    gradients.push(await readAll(engine, 'gradient'));
    await engine.dispose();
  }
  const [together, apart] = gradients;
  for (const [name, gradient] of apart ?? []) {
    const difference = largestDifference(together?.get(name) ?? new Float32Array(), gradient);
    expect(difference, name).toBeLessThanOrEqual(GRADIENT * largest(gradient));
  }
});
