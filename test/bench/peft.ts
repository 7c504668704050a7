// The other side: PEFT as its users run it on a CPU.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { isQuantized } from '../../extension/shared/methods';
import { runPython } from './python';
import type { Work, WorkResult } from './work';

export const TARGETS = ['q_proj', 'k_proj', 'v_proj', 'up_proj', 'down_proj'];
type AdapterMethod = 'lora' | 'dora' | 'qlora' | 'qdora' | 'vera';
const VERA = { r: 256, target_modules: ['q_proj'] };

/** A fresh adapter with the paper's rank, alpha and targets (of VeRA rank 256 on q), written by PEFT into `scratch`. */
export async function makeAdapter(
  python: string,
  model: string,
  scratch: string,
  { method, dropout, noise = 0 }: { method: AdapterMethod; dropout: number; noise?: number },
): Promise<string> {
  const folder = mkdtempSync(join(scratch, 'adapter-'));
  const lora = {
    r: 32,
    lora_alpha: 64,
    lora_dropout: dropout,
    target_modules: TARGETS,
    use_dora: method.endsWith('dora'),
  };
  const isVera = method === 'vera';
  const kind = isVera ? 'vera' : 'lora';
  const config = isVera ? { ...VERA, vera_dropout: dropout } : lora;
  const quantized = isQuantized(method);
  await runPython(python, 'make_adapter.py', {
    ...{ model, folder, seed: 0, kind, config, quantized, noise },
  });
  return folder;
}

/** Trains; the adapter goes to saveTo when given. */
export async function trainInPeft(
  python: string,
  work: Work,
  saveTo: string | null = null,
): Promise<WorkResult> {
  const quantized = isQuantized(work.method);
  return (await runPython(python, 'train_peft.py', { ...work, quantized, saveTo })) as WorkResult;
}
