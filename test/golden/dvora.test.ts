// DVoRA's own small files are read alone, and become the DoRA adapter that PEFT saved of the same weights.
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { dvoraFiles, peftFiles } from '../../extension/runs/adapterFolder';
import { convertAdapter } from '../../extension/trainer/exchange/convertAdapter';
import { openEngine, readAdapter, writeValues } from '../../extension/trainer/openModel';
import { largestDifference } from './compare';
import { baseOf, golden, readJson } from './parityCase';
import { readArrays } from './tensorFile';

const TOLERANCE = 1e-4;

const { text } = readJson('merging.json') as { text: number[] };
const { logits } = readJson('vera.json') as { logits: Record<string, number[]> };
const names = Object.keys(logits).filter((name) => name.endsWith('dvora'));

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'adapter-lab-dvora-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

/** As a checkpoint has it; `both`: of older versions, which had PEFT's files beside them. */
function checkpoint(name: string, both: boolean): string {
  const [folder, source] = [mkdtempSync(join(scratch, 'own-')), join(golden, 'adapters', name)];
  if (both) cpSync(source, folder, { recursive: true });
  else
    for (const file of Object.values(dvoraFiles))
      copyFileSync(join(source, file), join(folder, file));
  return folder;
}

async function lastLogits(adapter: string, model: string): Promise<Float32Array> {
  const base = readModelFolder(join(golden, 'models', model));
  const { modules, values } = await readAdapter(adapter, base);
  const engine = await openEngine(base, { adapters: modules, threads: 1 });
  await writeValues(engine, values);
  const all = await engine.logits(Int32Array.from(text));
  await engine.dispose();
  return all.slice(all.length - base.shape.vocabulary);
}

test('every base has one', () => {
  expect(names.length).toBe(6);
});

describe.each(names)('%s', (name) => {
  const model = baseOf(name);
  const expected = Float32Array.from(logits[name] ?? []);

  test.each([false, true])("computes PEFT's logits, old files beside it: %s", async (both) => {
    const found = await lastLogits(checkpoint(name, both), model);
    expect(largestDifference(found, expected)).toBeLessThanOrEqual(TOLERANCE);
  });

  test("becomes PEFT's DoRA adapter, bit for bit", async () => {
    const target = mkdtempSync(join(scratch, 'peft-'));
    const base = readModelFolder(join(golden, 'models', model));
    const written: number[] = [];
    const { sizeBytes } = await convertAdapter(
      target,
      { base, adapter: checkpoint(name, false), rank: undefined },
      (done) => written.push(done),
    );
    const [ours, theirs] = [target, join(golden, 'adapters', name)].map((folder) =>
      readArrays(join(folder, peftFiles.tensors)),
    );
    expect(ours).toEqual(theirs);
    expect(written.at(-1)).toBe(sizeBytes);
    const config = JSON.parse(readFileSync(join(target, peftFiles.config), 'utf8')) as object;
    expect(config).toMatchObject({ peft_type: 'LORA', use_dora: true });
    const found = await lastLogits(target, model);
    expect(largestDifference(found, expected)).toBeLessThanOrEqual(TOLERANCE);
  });
});
