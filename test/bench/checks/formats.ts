// A merged model in shards as transformers loads it, and GGUF files as llama.cpp's own library reads them.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { adapterLab } from '../adapterLab';
import type { Check } from '../checkModels';
import { makeAdapter } from '../peft';
import { runPython } from '../python';
import { checkExchange, EQUAL, lossThere } from './exchange';

const SHARD = '200MB';
const SHARDS = 3; // of SmolLM2-135M in f32
/** Of any value; q8_0's steps are 1 / 254 of a block's largest value. */
const ROUNDING = { f32: 0, bf16: 0.03, f16: 2e-3, q8_0: 0.05 } as const;

interface ReadBack {
  tensors: number;
  worst: number;
  names: string[];
  tokens: number;
  different: number;
}

export async function checkFormats(check: Check): Promise<void> {
  const { model, python, scratch, report } = check;
  const adapter = await makeAdapter(python, model, scratch, {
    ...{ method: 'dora', dropout: 0, noise: 0.01 },
  });
  const merged = join(scratch, 'merged');
  await adapterLab(['merge', model, adapter, merged, '--shard-size', SHARD, '--dtype', 'f32']);
  const shards = readdirSync(merged).filter((name) => name.endsWith('.safetensors'));
  report(shards.length === SHARDS, `merged into ${shards.length} files: ${shards.join()}`);
  await checkExchange(check, { model: merged, adapter: null }, 'our merged model');
  const [apart, together] = [
    await lossThere(check, { model, adapter }),
    await lossThere(check, { model: merged, adapter: null }),
  ];
  const ratio = Math.abs(together.loss / apart.loss - 1);
  const what = `loss ${together.loss.toFixed(6)} merged here, ${apart.loss.toFixed(6)} by PEFT`;
  report(ratio <= EQUAL, what);
  for (const dtype of ['f32', 'bf16', 'f16', 'q8_0'] as const) {
    const gguf = join(scratch, `merged.${dtype}.gguf`);
    await adapterLab(['export', merged, gguf, '--format', 'gguf', '--dtype', dtype]);
    const read = (await runPython(python, 'read_gguf.py', { model: merged, gguf })) as ReadBack;
    const { tensors, worst, names, tokens, different } = read;
    const what = `GGUF ${dtype}: ${tensors} tensors at most ${worst.toExponential(1)} apart`;
    report(worst <= ROUNDING[dtype] && names.length === 0, `${what} ${names.slice(0, 3).join()}`);
    report(different === 0, `GGUF ${dtype}: ${tokens} tokens, ${different} spelt otherwise`);
  }
}
