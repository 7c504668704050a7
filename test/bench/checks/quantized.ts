// Fifty steps of QLoRA and QDoRA beside PEFT's LoRA and DoRA on the dequantised weights, from the same start.
import { trainHere } from '../adapterLab';
import type { Check } from '../checkModels';
import { makeAdapter, trainInPeft } from '../peft';
import type { Work } from '../work';

const STEPS = 50;
const LOSS = 0.01; // of PEFT's loss, at every step

export async function checkQuantized(check: Check): Promise<void> {
  const { model, data, python, scratch, report } = check;
  for (const method of ['qlora', 'qdora'] as const) {
    const adapter = await makeAdapter(python, model, scratch, { method, dropout: 0 });
    const work: Work = {
      ...{ model, data, method, adapter, batchSize: 4, maxLength: 256, clipNorm: 0 },
      ...{ threads: 1, seed: 0, steps: STEPS, learningRate: 2e-4 },
    };
    const theirs = await trainInPeft(python, work);
    const ours = await trainHere(work, scratch);
    const apart = ours.steps.map(({ loss }, i) =>
      Math.abs(loss / (theirs.steps[i]?.loss ?? NaN) - 1),
    );
    const [last = NaN, most] = [apart.at(-1), Math.max(...apart)];
    const percent = [last, most].map((ratio) => `${(100 * ratio).toFixed(4)} %`);
    const what = `${method}: the loss after ${STEPS} steps is ${percent[0] ?? ''} from PEFT's on the dequantised weights, on the way at most ${percent[1] ?? ''}`;
    report(apart.length === STEPS && most <= LOSS, what);
  }
}
