// Twenty steps beside PEFT from the same start, what was saved on both sides, and PEFT's adapter continued here.
import { join } from 'node:path';
import { trainHere } from '../adapterLab';
import type { Check } from '../checkModels';
import { makeAdapter, trainInPeft } from '../peft';
import type { StepResult, Work } from '../work';
import { checkExchange, lastCheckpoint } from './exchange';

const STEPS = 20;
const LOSS = 0.005; // of PEFT's loss, at every step
const CONTINUED = 1e-4; // of the first loss of a continued adapter

function largestRatio(ours: StepResult[], theirs: StepResult[]): number {
  if (ours.length !== theirs.length) return NaN;
  return Math.max(...ours.map(({ loss }, i) => Math.abs(loss / (theirs[i]?.loss ?? NaN) - 1)));
}

function workOf({ model, data }: Check, method: Work['method'], adapter: string | null): Work {
  // One thread: PyTorch's waiting threads spin, and on a busy machine two of them take ten times as long.
  const fixed = { batchSize: 4, maxLength: 256, clipNorm: 0, threads: 1, seed: 0 };
  return { ...fixed, model, data, method, adapter, steps: STEPS, learningRate: 2e-4 };
}

async function compare(check: Check, work: Work, saveTo: string | null): Promise<string> {
  const theirs = await trainInPeft(check.python, work, saveTo);
  const ours = await trainHere(work, check.scratch);
  const percent = 100 * largestRatio(ours.steps, theirs.steps);
  const what = `${work.method}: ${work.steps} losses within ${percent.toFixed(4)} % of PEFT's`;
  check.report(percent <= 100 * LOSS, what);
  return lastCheckpoint(ours.folder);
}

async function checkAdapter(check: Check, method: 'lora' | 'dora'): Promise<void> {
  const { model, python, scratch, report } = check;
  const work = workOf(
    check,
    method,
    await makeAdapter(python, model, scratch, { method, dropout: 0 }),
  );
  const theirs = join(scratch, `peft-${method}`);
  const ours = await compare(check, work, theirs);
  await checkExchange(check, { model, adapter: ours }, `our ${method} adapter`);
  await checkExchange(check, { model, adapter: theirs }, `PEFT's ${method} adapter`);
  const once = { ...work, adapter: theirs, steps: 1 };
  const continued = await trainHere(once, scratch);
  const again = await trainInPeft(python, once);
  const apart = largestRatio(continued.steps, again.steps);
  const what = `PEFT's ${method} adapter continued here: first losses ${apart.toExponential(1)} apart`;
  report(apart <= CONTINUED, what);
}

async function checkFull(check: Check): Promise<void> {
  const model = await compare(check, { ...workOf(check, 'full', null), steps: 5 }, null);
  await checkExchange(check, { model, adapter: null }, 'our fully fine-tuned model');
}

export async function checkSteps(check: Check): Promise<void> {
  await checkAdapter(check, 'lora');
  await checkAdapter(check, 'dora');
  await checkFull(check);
}
