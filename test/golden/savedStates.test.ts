// States that the engine writes into a file itself, as checkpoints do: what they were when they were asked for, whatever is
// asked for next.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../extension/trainer/addon';
import type { SavedState } from '../../extension/shared/engineTypes';
import { valuesOf } from '../../extension/model/layout';
import { readAll } from './engineSteps';
import { openEngine } from './openEngine';
import { pack } from './parityCase';

const scratch = mkdtempSync(join(tmpdir(), 'adapter-lab-saved-'));
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

const opening = { model: 'gqa-tied', adapter: 'gqa-tied-dora', trained: [], training: true };
const text = Array.from({ length: 40 }, (_, i) => 1 + ((7 * i) % 90));
const batch = pack({ texts: [text], firstCounted: [1] });
const update = {
  ...{ learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, clipNorm: 0 },
};

function emptyFile(name: string): string {
  const file = join(scratch, name);
  writeFileSync(file, '');
  return file;
}

/** Side by side from `offsetBytes` on. */
function placesOf({ parameters }: Engine, state: string, offsetBytes = 0): SavedState[] {
  let next = offsetBytes;
  return parameters.map(({ name, shape }) => {
    const place = { state, name, offsetBytes: next, sizeBytes: 4 * valuesOf(shape) };
    next += place.sizeBytes;
    return place;
  });
}

function floatsIn(file: string, { offsetBytes, sizeBytes }: SavedState): Float32Array {
  const bytes = Uint8Array.from(readFileSync(file)).buffer;
  return new Float32Array(bytes, offsetBytes, sizeBytes / 4);
}

describe('of parameters', () => {
  test.each(['value', 'moment2'] as const)(
    '%s is what it was, beside passes and before an update that were asked for',
    async (state) => {
      const engine = await openEngine(opening);
      await engine.accumulate(batch, 1, 0);
      await engine.update({ ...update, step: 1 });
      const before = await readAll(engine, state);
      const file = emptyFile(state);
      const places = placesOf(engine, state, 8);
      const asked = [
        engine.accumulate(batch, 1, 0),
        engine.save(file, places),
        engine.accumulate(batch, 1, 0),
        engine.update({ ...update, step: 2 }),
      ];
      await Promise.all(asked);
      for (const place of places)
        expect(floatsIn(file, place), place.name).toEqual(before.get(place.name));
      expect(await readAll(engine, state)).not.toEqual(before);
      await engine.dispose();
    },
  );

  test('that are not finite are told by name', async () => {
    const engine = await openEngine(opening);
    const [first, second] = engine.parameters;
    if (first === undefined || second === undefined) throw new Error('no parameters');
    for (const value of [NaN, -Infinity]) {
      const values = new Float32Array(valuesOf(second.shape)).fill(3e38);
      const file = emptyFile('broken');
      await engine.write('value', second.name, values);
      await engine.save(file, placesOf(engine, 'value'));
      values[values.length - 1] = value;
      await engine.write('value', second.name, values);
      const saved = engine.save(file, placesOf(engine, 'value'));
      await expect(saved).rejects.toMatchObject({ code: 'not-finite', subject: second.name });
    }
    await engine.dispose();
  });

  test('are refused where the place is not of their size, or the file is not there', async () => {
    const engine = await openEngine(opening);
    const [place] = placesOf(engine, 'value');
    if (place === undefined) throw new Error('no parameters');
    const short = engine.save(emptyFile('short'), [{ ...place, sizeBytes: place.sizeBytes - 4 }]);
    await expect(short).rejects.toMatchObject({ code: 'tensor-shape', subject: place.name });
    const file = join(scratch, 'nowhere');
    const lost = engine.save(file, [place]);
    await expect(lost).rejects.toMatchObject({ code: 'file-unwritable', subject: file });
    await engine.dispose();
  });
});
