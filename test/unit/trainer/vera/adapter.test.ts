// VeRA's and DVoRA's adapters: which are refused, how an experiment continues from them, and what they are as LoRA.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readModelFolder } from '../../../../extension/model/folder';
import { parseExperiment, type ResolvedRun } from '../../../../extension/shared/experimentFile';
import { fillCheckpoint } from '../../../../extension/trainer/checkpoint';
import { withInitialAdapter } from '../../../../extension/trainer/initialAdapter';
import { adapterModules } from '../../../../extension/trainer/lowRank';
import {
  openEngine,
  readAdapter,
  readAdapterModules,
  writeValues,
} from '../../../../extension/trainer/openModel';
import { readPeftConfig } from '../../../../extension/trainer/peftConfig';
import { peftConfigText } from '../../../../extension/trainer/peftConfigText';
import { loraForm } from '../../../../extension/trainer/vera/loraForm';

const golden = join(import.meta.dirname, '../../../golden');
const scratch = mkdtempSync(join(tmpdir(), 'vera-'));
const model = readModelFolder(join(golden, 'models/llama3-rope'));
const place = (setting: string) => ({ file: `experiment (${setting})` });

afterAll(() => {
  rmSync(scratch, { recursive: true });
});

/** A copy of the adapter without projection whose configuration was changed. */
function changed(change: object, name = 'llama3-rope-drawn-vera'): string {
  const folder = mkdtempSync(join(scratch, 'copy-'));
  cpSync(join(golden, 'adapters', name), folder, { recursive: true });
  const file = join(folder, 'adapter_config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...config, ...change }));
  return folder;
}

function runWith(settings: object): ResolvedRun {
  const base = { name: 'a', model: 'm', data: { train: ['a.json'] } };
  const [run] = parseExperiment(JSON.stringify({ ...base, ...settings }), 'a').runs;
  if (run === undefined) throw new Error('no run');
  return run;
}

describe('an adapter whose projection was not saved', () => {
  it.each([
    [{ peft_version: '0.22.0' }, /"peft_version" is "0\.22\.0".*save it with the projection/],
    [{ peft_version: 'nightly' }, '"peft_version"'],
    [{ save_projection: true }, 'lacks the tensor base_model.vera_A'],
    [{ projection_prng_key: -1 }, '"projection_prng_key" must be a whole number'],
    [{ r: 8 }, 'has the shape'],
    [{ bias: 'lora_only' }, '"bias" must be none, all or vera_only'],
  ])('is refused with %j', async (change, sentence) => {
    await expect(async () => readAdapter(changed(change), model)).rejects.toThrow(sentence);
  });

  it.each(['0.11.0', '0.21.9'])('is drawn as PEFT %s drew it', async (version) => {
    const { values } = await readAdapter(changed({ peft_version: version }), model);
    expect(values.get('vera_A')).toHaveLength(9 * 52);
  });

  it('is refused when its seed draws another one here', async () => {
    const { config, modules, values } = await readAdapter(changed({}), model);
    const engine = await openEngine(model, { adapters: modules, training: true, threads: 1 });
    await writeValues(engine, values);
    const target = mkdtempSync(join(scratch, 'written-'));
    await fillCheckpoint(target, 1, { engine, folder: model, lowRank: config, averages: false });
    await engine.dispose();
    expect((await readAdapter(target, model)).values.get('vera_B')).toEqual(values.get('vera_B'));
    const file = join(target, 'adapter_config.json');
    const written = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...written, projection_prng_key: 4 }));
    await expect(async () => readAdapter(target, model)).rejects.toThrow('draws another one here');
  });
});

describe('an experiment that continues from it', () => {
  const vera = join(golden, 'adapters/mha-untied-vera');
  const dvora = join(golden, 'adapters/mha-untied-dvora');

  it.each([
    [vera, 'vera'],
    [dvora, 'dvora'],
  ])('takes what it leaves out: %s', (folder, method) => {
    const settings = withInitialAdapter(runWith({}), folder, place);
    expect(settings.method).toBe(method);
    expect(settings.adapter).toMatchObject({ rank: 6, projectionSeed: 7, saveProjection: true });
  });

  it.each([
    [vera, { method: 'dvora' }, '"method" is "dvora"'],
    [vera, { method: 'lora' }, '"method" is "lora"'],
    [dvora, { method: 'qdora' }, '"method" is "qdora"'],
    [vera, { method: 'vera', adapter: { projectionSeed: 1 } }, '"adapter.projectionSeed" is 1'],
    [dvora, { method: 'dvora', adapter: { saveProjection: false } }, '"adapter.saveProjection"'],
    [join(golden, 'adapters/mha-untied-dora'), { method: 'dvora' }, '"method" is "dvora"'],
  ])('is refused: %s, %j', (folder, settings, sentence) => {
    expect(() => withInitialAdapter(runWith(settings), folder, place)).toThrow(sentence);
  });
});

it('as LoRA may be wider than a weight, which a fresh adapter may not', () => {
  const wide = join(golden, 'adapters/llama3-rope-vera');
  const config = { ...readPeftConfig(wide), vera: undefined };
  expect(() => adapterModules({ ...config, isGiven: false }, model, place)).toThrow('rank 70');
  writeFileSync(join(scratch, 'adapter_config.json'), peftConfigText(config, 'base'));
  const { modules } = readAdapterModules(scratch, model);
  expect(modules.map(({ kind, rank }) => [kind, rank])).toEqual(Array(4).fill(['lora', 70]));
});

describe('settings', () => {
  it.each([
    [{ method: 'lora', adapter: { projectionSeed: 1 } }, 'projectionSeed'],
    [{ method: 'dora', adapter: { initialD: 1 } }, 'initialD'],
    [{ method: 'full', adapter: { saveProjection: false } }, 'saveProjection'],
    [{ method: 'vera', adapter: { rslora: true } }, 'rslora'],
    [{ method: 'dvora', adapter: { rankPattern: { q_proj: 2 } } }, 'rankPattern'],
    [{ method: 'vera', adapter: { alphaPattern: { q_proj: 2 } } }, 'alphaPattern'],
  ])('that conflict are refused: %j', (settings, name) => {
    expect(() => runWith(settings)).toThrow(`"method" and "adapter.${name}" conflict`);
  });

  it('that a seed cannot be are refused', () => {
    expect(() => runWith({ method: 'vera', adapter: { projectionSeed: 2 ** 32 } })).toThrow(
      '"adapter.projectionSeed"',
    );
  });
});

it('is LoRA of the first columns of A and the first rows of B', () => {
  const shared = { a: Float32Array.of(1, 2, 3, 4, 5, 6), b: Float32Array.of(1, 2, 3, 4, 5, 6) };
  const vectors = { b: Float32Array.of(2, -1), d: Float32Array.of(10, 0.5) };
  expect(loraForm(shared, vectors, 2)).toEqual({
    a: Float32Array.of(10, 20, 2, 2.5),
    b: Float32Array.of(2, 4, -3, -4),
  });
});
