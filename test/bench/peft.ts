// The other side: PEFT as its users run it.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { isQuantized } from '../../extension/shared/methods';
import { runPython } from './python';
import type { Work, WorkResult } from './work';

export const TARGETS = ['q_proj', 'k_proj', 'v_proj', 'up_proj', 'down_proj'];
interface AdapterWish {
  method: 'lora' | 'dora' | 'qlora' | 'qdora' | 'vera';
  dropout: number;
  noise?: number;
  /** The base is read in bf16, in half the memory. */
  narrow?: boolean;
}
const RANK = 32;
const ALPHA = 64;
const VERA = { r: 256, target_modules: ['q_proj'] };

/** The same LoRA or DoRA as makeAdapter's, as our experiments have it. */
export function ownAdapter(dropout: number): object {
  return { rank: RANK, alpha: ALPHA, dropout, targets: TARGETS };
}

/** A fresh adapter with the paper's rank, alpha and targets (of VeRA rank 256 on q), written by PEFT into `scratch`. */
export async function makeAdapter(
  python: string,
  model: string,
  scratch: string,
  { method, dropout, noise = 0, narrow = false }: AdapterWish,
): Promise<string> {
  const folder = mkdtempSync(join(scratch, 'adapter-'));
  const lora = {
    r: RANK,
    lora_alpha: ALPHA,
    lora_dropout: dropout,
    target_modules: TARGETS,
    use_dora: method.endsWith('dora'),
  };
  const isVera = method === 'vera';
  const kind = isVera ? 'vera' : 'lora';
  const config = isVera ? { ...VERA, vera_dropout: dropout } : lora;
  const quantized = isQuantized(method);
  await runPython(python, 'make_adapter.py', {
    ...{ model, folder, seed: 0, kind, config, quantized, noise, narrow },
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
  const { device, precision } = work.peft ?? { device: 'cpu', precision: 'f32' };
  const job = { ...work, device, precision, quantized, saveTo };
  return (await runPython(python, 'train_peft.py', job)) as WorkResult;
}
