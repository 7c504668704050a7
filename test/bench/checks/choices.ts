// Choices by log-likelihood beside EleutherAI's lm-evaluation-harness, which asks the same questions by its own task
// documents: each choice's log-likelihood, acc (NAME.choice) and acc_norm (NAME.choice-norm).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Prediction } from '../../../extension/shared/prediction';
import { adapterLab } from '../adapterLab';
import type { Check } from '../checkModels';
import { runPython } from '../python';

const SETS = ['ARC-Easy', 'ARC-Challenge', 'openbookqa', 'piqa', 'winogrande'];
const LIKELIHOOD = 1e-4;

interface Theirs {
  acc: number;
  accNorm: number | null;
  sums: number[][];
}

export type ChoicesCheck = Pick<Check, 'model' | 'python' | 'report' | 'scratch'> & {
  sets: string;
  /** Questions of each set. */
  count: number;
};

export async function checkChoices(check: ChoicesCheck): Promise<void> {
  const { model, python, sets, count } = check;
  const job = { model, sets, tasks: SETS, count, threads: 1 };
  const theirs = (await runPython(python, 'harness.py', job)) as Record<string, Theirs>;
  for (const set of SETS) {
    const expected = theirs[set];
    if (expected === undefined) throw new Error(`The harness gave nothing for ${set}.`);
    compare(check, `${set}.choice`, {
      sums: expected.sums,
      accuracy: expected.acc,
      found: await predictions(check, `${set}.choice`),
    });
    if (expected.accNorm === null) continue;
    compare(check, `${set}.choice-norm`, {
      sums: expected.sums,
      accuracy: expected.accNorm,
      found: await predictions(check, `${set}.choice-norm`),
    });
  }
}

async function predictions(
  { model, sets, scratch, count }: ChoicesCheck,
  task: string,
): Promise<Prediction[]> {
  const results = join(scratch, 'choices');
  const asked = ['--tasks', task, '--data', sets, '--limit', String(count), '--threads', '1'];
  await adapterLab(['evaluate', model, ...asked, '--results', results]);
  const lines = readFileSync(join(results, `${task}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Prediction);
}

function compare(
  { report, count }: ChoicesCheck,
  task: string,
  { sums, accuracy, found }: { sums: number[][]; accuracy: number; found: Prediction[] },
): void {
  const apart = sums.flatMap((of, question) => {
    const ours = found[question]?.logLikelihoods ?? [];
    return of.length === ours.length ? of.map((sum, i) => Math.abs(sum - (ours[i] ?? NaN))) : [NaN];
  });
  const worst = Math.max(...apart);
  const right = found.filter(({ correct }) => correct).length / found.length;
  const is = worst <= LIKELIHOOD && Math.abs(right - accuracy) < 1e-9 && found.length === count;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  report(
    is,
    `${task}: ${apart.length} log-likelihoods at most ${worst.toExponential(1)} nats apart, ` +
      `${percent(right)} here and ${percent(accuracy)} in lm-evaluation-harness`,
  );
}
