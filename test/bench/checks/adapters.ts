// Twenty steps of LoRA and DoRA beside PEFT from the same adapter, and adapters that go from one side to the other.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { adapterLab, trainHere } from '../adapterLab';
import type { Check } from '../checkModels';
import { makeAdapter, trainInPeft } from '../peft';
import { runPython } from '../python';
import type { StepResult, Work } from '../work';

const STEPS = 20;
const LOSS = 0.005; // of PEFT's loss, at every step
const RECORDS = 4;
const EQUAL = 1e-4; // of losses of one adapter on both sides
const MAX_LENGTH = 256;
const THREADS = 1; // PyTorch's waiting threads spin: with two of them a busy machine takes ten times as long

function largestRatio(ours: StepResult[], theirs: StepResult[]): number {
  if (ours.length !== theirs.length) return NaN;
  return Math.max(
    ...ours.map(({ loss }, step) => Math.abs(loss / (theirs[step]?.loss ?? NaN) - 1)),
  );
}

/** The newest checkpoint, a PEFT adapter folder. */
function lastCheckpoint(run: string): string {
  const folder = join(run, 'checkpoints');
  return join(folder, readdirSync(folder).sort().at(-1) ?? '');
}

interface Applied {
  missing: string[];
  unexpected: string[];
  loss: number;
  tokens: number;
}

/** An adapter saved here: its keys in PEFT, and the loss of the first records here and there. */
async function checkLoading(check: Check, adapter: string, what: string): Promise<void> {
  const { model, data, python, scratch, report } = check;
  const job = {
    model,
    adapter,
    data,
    records: RECORDS,
    maxLength: MAX_LENGTH,
    threads: THREADS,
  };
  const theirs = (await runPython(python, 'apply_adapter.py', job)) as Applied;
  const lost = [...theirs.missing, ...theirs.unexpected];
  report(
    lost.length === 0,
    `${what}: no missing and no unexpected key in PEFT ${lost.slice(0, 3).join()}`,
  );
  const few = join(scratch, 'few.json');
  const records = JSON.parse(readFileSync(data, 'utf8')) as unknown[];
  writeFileSync(few, JSON.stringify(records.slice(0, RECORDS)));
  const options = ['--adapter', adapter, '--data', few, '--template', 'paper'];
  const ours = (await adapterLab(['loss', model, ...options])) as { loss: number; tokens: number };
  const apart = Math.abs(ours.loss / theirs.loss - 1);
  const equal = apart <= EQUAL && ours.tokens === theirs.tokens;
  report(equal, `${what}: loss ${ours.loss.toFixed(6)} here, ${theirs.loss.toFixed(6)} in PEFT`);
}

async function checkMethod(check: Check, method: 'lora' | 'dora'): Promise<void> {
  const { model, data, python, scratch, report } = check;
  const adapter = await makeAdapter(python, model, scratch, { method, dropout: 0 });
  const work: Work = {
    model,
    data,
    method,
    adapter,
    batchSize: 4,
    maxLength: MAX_LENGTH,
    steps: STEPS,
    learningRate: 2e-4,
    clipNorm: 0,
    threads: THREADS,
    seed: 0,
  };
  const saved = join(scratch, `peft-${method}`);
  const theirs = await trainInPeft(python, work, saved);
  const ours = await trainHere(work, scratch);
  const ratio = largestRatio(ours.steps, theirs.steps);
  report(
    ratio <= LOSS,
    `${method}: ${STEPS} losses within ${(100 * ratio).toFixed(4)} % of PEFT's`,
  );
  await checkLoading(check, lastCheckpoint(ours.folder), `our ${method} adapter`);
  const continued = await trainHere({ ...work, adapter: saved, steps: 1 }, scratch);
  const again = await trainInPeft(python, { ...work, adapter: saved, steps: 1 });
  const difference = largestRatio(continued.steps, again.steps);
  report(
    difference <= EQUAL,
    `PEFT's ${method} adapter goes on here, first loss ${difference.toExponential(1)} apart`,
  );
}

export async function checkAdapters(check: Check): Promise<void> {
  await checkMethod(check, 'lora');
  await checkMethod(check, 'dora');
}
