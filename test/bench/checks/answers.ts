// Adapters that were trained here, evaluated on real sets by the command line and by transformers with PEFT: the same
// questions, 4 beams there as here, text by text and by accuracy.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Prediction } from '../../../extension/shared/prediction';
import { adapterLab } from '../adapterLab';
import type { Check } from '../checkModels';
import { recordPrompts } from '../prompts';
import { runPython } from '../python';

const SETS = ['boolq', 'ARC-Easy', 'ARC-Challenge', 'openbookqa'];

type Theirs = Pick<Prediction, 'text' | 'extracted' | 'correct'>;

export type AnswersCheck = Pick<Check, 'model' | 'python' | 'report' | 'scratch'> & {
  sets: string;
  /** Questions of each set. */
  count: number;
};

export async function checkAnswers(check: AnswersCheck, adapter: string): Promise<void> {
  const results = join(check.scratch, `answers-${Date.now()}`);
  const asked = ['--tasks', SETS.join(), '--data', check.sets, '--limit', String(check.count)];
  const to = ['--threads', '1', '--results', results];
  await adapterLab(['evaluate', check.model, '--adapter', adapter, ...asked, ...to]);
  const theirs = await answersThere(check, adapter);
  for (const [place, set] of SETS.entries()) {
    const lines = readFileSync(join(results, `${set}.jsonl`), 'utf8')
      .trim()
      .split('\n');
    const found = lines.map((line) => JSON.parse(line) as Prediction);
    const of = theirs.slice(place * check.count, (place + 1) * check.count);
    compare(check, `${adapter}, ${set}`, found, of);
  }
}

function answersThere(
  { model, python, sets, count }: AnswersCheck,
  adapter: string,
): Promise<Theirs[]> {
  const questions = SETS.flatMap((set) => {
    const file = join(sets, set, 'test.json');
    const records = JSON.parse(readFileSync(file, 'utf8')) as { answer: string }[];
    return recordPrompts(file, count).map((prompt, i) => {
      const { answer = '' } = records[i] ?? {};
      return { set, prompt, answer };
    });
  });
  const job = { model, adapter: resolve(adapter), threads: 1, questions };
  return runPython(python, 'answers.py', job) as Promise<Theirs[]>;
}

function compare(
  { report, count }: AnswersCheck,
  what: string,
  ours: Prediction[],
  theirs: Theirs[],
): void {
  const said = ({ text, extracted, correct }: Theirs): string =>
    JSON.stringify([text, extracted, correct]);
  const isEqual = (one: Prediction): boolean =>
    said(one) ===
    theirs
      .slice(one.index, one.index + 1)
      .map(said)
      .join();
  for (const one of ours) {
    if (isEqual(one)) continue;
    const texts = [one.text, theirs[one.index]?.text];
    console.log(`      question ${one.index}: ${JSON.stringify(texts)}`);
  }
  const equal = ours.filter(isEqual).length;
  const right = (of: Theirs[]): number => of.filter(({ correct }) => correct).length;
  report(
    equal === count && ours.length === count,
    `${what}: ${equal} of ${count} answers equal; ` +
      `${right(ours)} right here, ${right(theirs)} with transformers and PEFT`,
  );
}
