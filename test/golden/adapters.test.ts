// A PEFT adapter that goes through the engine and is saved again is what PEFT saved: same keys, same bits, same maths.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { fillCheckpoint } from '../../extension/trainer/checkpoint';
import { openEngine, readAdapter, writeValues } from '../../extension/trainer/openModel';
import { baseOf, golden } from './parityCase';
import { readArrays } from './tensorFile';

const kept = [
  ...['peft_type', 'task_type', 'r', 'lora_alpha', 'lora_dropout', 'use_dora', 'use_rslora'],
  ...['bias', 'fan_in_fan_out', 'target_modules', 'rank_pattern', 'alpha_pattern'],
  ...['layers_to_transform', 'modules_to_save', 'inference_mode'],
  ...['projection_prng_key', 'd_initial', 'save_projection', 'vera_dropout'],
  'ensure_weight_tying',
];

function configOf(folder: string, file: string): Record<string, unknown> {
  const text = readFileSync(join(folder, file), 'utf8');
  const config = JSON.parse(text) as Record<string, unknown>;
  // Older versions of PEFT do not write the last one.
  return Object.fromEntries(
    kept.map((key) => [key, config[key] ?? (key === 'ensure_weight_tying' ? false : null)]),
  );
}

async function saveAgain(adapter: string, model: string, target: string): Promise<void> {
  const folder = readModelFolder(model);
  const { modules, trainedTensors, values, config } = await readAdapter(adapter, folder);
  const engine = await openEngine(folder, { adapters: modules, trainedTensors, training: true });
  await writeValues(engine, values);
  await fillCheckpoint(target, 1, { engine, folder, lowRank: config, averages: false });
  await engine.dispose();
}

test.each(readdirSync(join(golden, 'adapters')))('%s', async (name) => {
  const adapter = join(golden, 'adapters', name);
  const target = mkdtempSync(join(tmpdir(), 'adapter-lab-saved-'));
  try {
    await saveAgain(adapter, join(golden, 'models', baseOf(name)), target);
    // PEFT's DoRA of a DVoRA adapter is made on export (dvora.test.ts).
    const isOwn = (file: string): boolean => !name.endsWith('-dvora') || file.startsWith('dvora');
    const files = readdirSync(adapter).filter(isOwn);
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      if (file.endsWith('.json')) {
        expect(configOf(target, file)).toEqual(configOf(adapter, file));
        continue;
      }
      const expected = readArrays(join(adapter, file));
      const saved = readArrays(join(target, file));
      expect([...saved.keys()].sort()).toEqual([...expected.keys()].sort());
      for (const [key, values] of expected) expect(saved.get(key), key).toEqual(values);
    }
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
});
