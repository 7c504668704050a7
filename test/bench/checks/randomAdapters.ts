// Adapters of all methods that Adapter Lab writes go to PEFT and come back: no key is lost, logits are equal, and every
// tensor that PEFT saves again, whole or as half floats, is read with the same bits.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { decodeValues, encodeValues } from '../../../extension/model/dtypes';
import { readModelFolder } from '../../../extension/model/folder';
import { readAdapter } from '../../../extension/trainer/openModel';
import { peftPrefix } from '../../../extension/trainer/peftTensors';
import { golden } from '../../golden/parityCase';
import {
  adapters,
  hashOfTensors,
  text,
  valuesIn,
  writeRandomAdapter,
  type RandomAdapter,
} from '../../golden/randomAdapters';
import type { Check } from '../checkModels';
import { runGenerator } from '../python';

const LOGITS = 1e-4;
const dtypes = ['f32', 'f32', 'bf16', 'f16'] as const;
const torchNames = { f32: 'float32', bf16: 'bfloat16', f16: 'float16' };

interface Sent {
  adapter: RandomAdapter;
  folder: string;
  again: string;
  dtype: (typeof dtypes)[number];
  logits: Float32Array;
}

interface Loaded {
  logits: number[];
  lost: string[];
}

export async function checkRandomAdapters(
  { python, report }: Pick<Check, 'python' | 'report'>,
  scratch: string,
): Promise<void> {
  const sent: Sent[] = [];
  for (const [index, adapter] of adapters.entries()) {
    const folder = mkdtempSync(join(scratch, 'ours-'));
    const engine = await writeRandomAdapter(adapter, folder);
    const logits = await engine.logits(Int32Array.from(text));
    await engine.dispose();
    const dtype = dtypes[index % dtypes.length] ?? 'f32';
    sent.push({ adapter, folder, again: mkdtempSync(join(scratch, 'theirs-')), dtype, logits });
  }
  const jobs = sent.map(({ adapter, folder, again, dtype }) => {
    return { model: adapter.model, adapter: folder, again, dtype: torchNames[dtype] };
  });
  const script = ['random_adapters.py', 'load'];
  const loaded = (await runGenerator(python, script, jobs)) as Loaded[];
  const lost = loaded.flatMap((one) => one.lost);
  report(lost.length === 0, `${loaded.length} adapters in PEFT: no key lost ${lost[0] ?? ''}`);
  const apart = sent.map(({ logits }, i) => difference(logits, loaded[i]?.logits ?? []));
  const worst = Math.max(...apart);
  report(worst <= LOGITS, `their logits are at most ${worst.toExponential(1)} apart`);
  const whole = sent.filter(({ dtype }) => dtype === 'f32');
  const same = whole.filter(({ folder, again }) => tensorsOf(folder) === tensorsOf(again));
  report(same.length === whole.length, `${same.length} of ${whole.length} came back byte for byte`);
  let exact = 0;
  for (const one of sent) if (await isReadBack(one)) exact += 1;
  report(
    exact === sent.length,
    `${exact} of ${sent.length} read back bit for bit, halves included`,
  );
}

function difference(logits: Float32Array, theirs: readonly number[]): number {
  const last = logits.slice(logits.length - logits.length / text.length);
  return Math.max(...theirs.map((value, i) => Math.abs(value - (last[i] ?? NaN))));
}

function tensorsOf(folder: string): string {
  return hashOfTensors(join(folder, 'adapter_model.safetensors'));
}

async function isReadBack({ adapter, again, dtype }: Sent): Promise<boolean> {
  const base = readModelFolder(join(golden, 'models', adapter.model));
  const { values } = await readAdapter(again, base);
  return [...values].every(([name, read]) => {
    // Drawn by PEFT's generator; what came back whole was compared byte for byte.
    if (name === 'vera_A' || name === 'vera_B') return true;
    const written = valuesIn(adapter, peftPrefix + name, read.length);
    const rounded = decodeValues(encodeValues(written, dtype), dtype);
    return read.every((value, i) => value === rounded[i]);
  });
}
