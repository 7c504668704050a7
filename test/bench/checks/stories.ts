// stories260K against values that an independent implementation made: golden.json beside the model.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModelFolder } from '../../../extension/model/folder';
import { openEngine } from '../../../extension/trainer/openModel';
import { plainGeneration } from '../../../extension/trainer/plainGeneration';
import type { Check } from '../checkModels';

interface Golden {
  /** The beginning-of-text token and its greedy continuation. */
  greedy_ids: number[];
  first_logits_bos: number[];
  /** Mean loss of tokens 1 to 63 of greedy_ids. */
  nll_first63: number;
}

const LOGITS = 1e-4;
const LOSS = 5e-5; // four digits
const COUNTED = 63;

export async function checkStories(folder: string, report: Check['report']): Promise<void> {
  const golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as Golden;
  const ids = Int32Array.from(golden.greedy_ids);
  const engine = await openEngine(readModelFolder(folder), {});
  const logits = await engine.logits(ids.slice(0, 1));
  const apart = golden.first_logits_bos.map((value, i) => Math.abs(value - (logits[i] ?? NaN)));
  const worst = Math.max(...apart);
  report(worst <= LOGITS, `stories260K: logits ${worst.toExponential(1)} apart`);

  const wanted = ids.slice(1);
  const request = { ...plainGeneration, maxNewTokens: wanted.length, endTokens: [] };
  const [continued] = await engine.generate({ prompts: [ids.slice(0, 1)], ...request });
  report(
    continued?.tokens.join() === wanted.join(),
    `stories260K: ${wanted.length} greedy tokens equal`,
  );

  const tokens = ids.slice(0, COUNTED + 1);
  const targets = tokens.map((_, i) => (i < COUNTED ? (tokens[i + 1] ?? -1) : -1));
  const { lossSum } = await engine.loss({ tokens, targets, lengths: Int32Array.of(COUNTED + 1) });
  const loss = lossSum / COUNTED;
  const near = Math.abs(loss - golden.nll_first63) <= LOSS;
  report(near, `stories260K: loss ${loss.toFixed(5)} (${golden.nll_first63.toFixed(5)})`);
  await engine.dispose();
}
