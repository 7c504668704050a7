// What one side saved, the other loads: keys in PEFT, and the loss of the first records here and there.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { adapterLab } from '../adapterLab';
import type { Check } from '../checkModels';
import { runPython } from '../python';

const RECORDS = 4;
export const EQUAL = 1e-5; // of the loss

/** A PEFT adapter on a base model, or (null) a model of its own. */
export interface Saved {
  model: string;
  adapter: string | null;
}

interface Applied {
  missing: string[];
  unexpected: string[];
  loss: number;
  tokens: number;
}

/** The newest checkpoint of a run. */
export function lastCheckpoint(run: string): string {
  const folder = join(run, 'checkpoints');
  return join(folder, readdirSync(folder).sort().at(-1) ?? '');
}

async function lossHere({ data, scratch }: Check, { model, adapter }: Saved): Promise<Applied> {
  const few = join(scratch, 'few.json');
  const records = JSON.parse(readFileSync(data, 'utf8')) as unknown[];
  writeFileSync(few, JSON.stringify(records.slice(0, RECORDS)));
  const options = ['--data', few, '--template', 'paper'];
  if (adapter !== null) options.push('--adapter', adapter);
  return (await adapterLab(['loss', model, ...options])) as Applied;
}

export function lossThere({ data, python }: Check, saved: Saved): Promise<Applied> {
  const job = { ...saved, data, records: RECORDS, maxLength: 256, threads: 1 };
  return runPython(python, 'apply_adapter.py', job) as Promise<Applied>;
}

/** Loads what was saved in transformers and PEFT and here. */
export async function checkExchange(check: Check, saved: Saved, what: string): Promise<void> {
  const { report } = check;
  const theirs = await lossThere(check, saved);
  const lost = [...theirs.missing, ...theirs.unexpected];
  report(lost.length === 0, `${what}: no missing and no unexpected key ${lost.slice(0, 3).join()}`);
  const ours = await lossHere(check, saved);
  const apart = Math.abs(ours.loss / theirs.loss - 1);
  const equal = apart <= EQUAL && ours.tokens === theirs.tokens;
  report(equal, `${what}: loss ${ours.loss.toFixed(6)} here, ${theirs.loss.toFixed(6)} in PEFT`);
}
