// Every field of PEFT's configurations with a value that is not its default: the adapter is PEFT's, tensor for tensor and in
// its logits, or it is refused by the field's name. None is passed over in silence.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFailure } from '../../extension/shared/failures';
import type { Engine } from '../../extension/trainer/addon';
import { fieldsOf, type PeftType } from '../../extension/trainer/peftFields';
import { largestDifference } from './compare';
import { ownTables } from './ownTables';
import { readJson } from './parityCase';
import { hashOfTensors, text, writeRandomAdapter } from './randomAdapters';

const TOLERANCE = 1e-4;

interface FieldEntry {
  type: PeftType;
  field: string;
  model: string;
  config: Record<string, unknown>;
  /** By PEFT; null where it cannot make such an adapter. */
  made: { tensors: string; logits: number[] } | null;
}

const { fields, entries } = readJson('config_fields.json') as {
  fields: Record<PeftType, string[]>;
  entries: FieldEntry[];
};

/** Folded when they are read, so that no engine has them to write: ownTables.test.ts holds them against PEFT. */
const folded: Partial<Record<PeftType, readonly string[]>> = {
  LORA: ['trainable_token_indices', 'lora_bias'],
  ADALORA: ['trainable_token_indices'],
};

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'adapter-lab-fields-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

/** The engine with the adapter, or the sentence that refuses it. */
async function openedOrRefused(entry: FieldEntry, folder: string): Promise<Engine | string> {
  try {
    const { model, config } = entry;
    return await writeRandomAdapter({ model, config, tensors: '', logits: [] }, folder);
  } catch (error) {
    if (isFailure(error)) return error.message;
    throw error;
  }
}

test.each(['LORA', 'ADALORA', 'VERA'] as const)(
  'each field of %s is decided about once',
  (type) => {
    const { applied, unused, refused } = fieldsOf(type);
    const decided = [...applied, ...unused, ...refused].sort();
    expect(new Set(decided).size).toBe(decided.length);
    expect(fields[type].filter((field) => !decided.includes(field))).toEqual([]);
  },
);

test.each(Object.entries(folded))('folded fields of %s have adapters of PEFT', (type, names) => {
  const own = ownTables.filter(({ config }) => config.peft_type === type);
  for (const name of names) {
    expect(own.some(({ config }) => config[name] !== undefined)).toBe(true);
    expect(fieldsOf(type as PeftType).applied).toContain(name);
  }
});

test.each(
  entries
    .filter(({ type, field }) => folded[type]?.includes(field) !== true)
    .map((entry, index) => ({
      ...{ entry, index, type: entry.type, field: entry.field },
      value: JSON.stringify(entry.config[entry.field]),
    })),
)('$type $field $value', async ({ entry, index }) => {
  const folder = join(scratch, String(index));
  const engine = await openedOrRefused(entry, folder);
  if (typeof engine === 'string') {
    expect(engine).toContain(`"${entry.field}"`);
    expect(fieldsOf(entry.type).refused).toContain(entry.field);
    return;
  }
  const all = await engine.logits(Int32Array.from(text));
  await engine.dispose();
  if (entry.made === null) throw new Error('PEFT cannot make what was applied');
  const { tensors, logits } = entry.made;
  const last = all.slice(all.length - all.length / text.length).slice(0, logits.length);
  expect(largestDifference(last, Float32Array.from(logits))).toBeLessThanOrEqual(TOLERANCE);
  expect(hashOfTensors(join(folder, 'adapter_model.safetensors'))).toBe(tensors);
});
