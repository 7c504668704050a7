// Adapters that were trained here, evaluated on real sets by the command line and by transformers with PEFT: the same
// questions, 4 beams there as here, text by text and by accuracy. Of texts that differ both scores are told: beams that
// are as good as each other fall to whoever rounds.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commonsenseSets } from '../../../extension/evaluation/builtIn/commonsense';
import type { Prediction } from '../../../extension/shared/prediction';
import { openModel } from '../../../extension/trainer/openModel';
import { adapterLab } from '../adapterLab';
import type { Check } from '../checkModels';
import { recordPrompts } from '../prompts';
import { runPython } from '../python';
import { scoreGap } from './scoreGap';

type Theirs = Pick<Prediction, 'text' | 'extracted' | 'correct' | 'tokens'>;

export type AnswersCheck = Pick<Check, 'model' | 'python' | 'report' | 'scratch'> & {
  sets: string;
  /** Questions of each set. */
  count: number;
};

/** `adapter` left out: the model as it is. */
export async function checkAnswers(check: AnswersCheck, adapter?: string): Promise<void> {
  const sets = commonsenseSets.filter((set) => existsSync(join(check.sets, set, 'test.json')));
  const ours = await answersHere(check, sets, adapter);
  const theirs = await answersThere(check, sets, adapter);
  const pairs = ours.map((one, i): [Prediction, Theirs | undefined] => [one, theirs[i]]);
  for (const [place, set] of sets.entries()) {
    const of = pairs.slice(place * check.count, (place + 1) * check.count);
    report(check, `${adapter ?? check.model}, ${set}`, of);
  }
  const different = pairs.filter(([one, other]) => other === undefined || !isEqual(one, other));
  await explain(check, adapter, different);
}

async function answersHere(
  { model, scratch, sets: data, count }: AnswersCheck,
  sets: readonly string[],
  adapter: string | undefined,
): Promise<Prediction[]> {
  const results = join(scratch, `answers-${Date.now()}`);
  const asked = ['--tasks', sets.join(), '--data', data, '--limit', String(count)];
  const on = adapter === undefined ? [] : ['--adapter', adapter];
  await adapterLab(['evaluate', model, ...on, ...asked, '--threads', '1', '--results', results]);
  return sets.flatMap((set) =>
    readFileSync(join(results, `${set}.jsonl`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Prediction),
  );
}

function answersThere(
  { model, python, sets: data, count }: AnswersCheck,
  sets: readonly string[],
  adapter: string | undefined,
): Promise<Theirs[]> {
  const questions = sets.flatMap((set) => {
    const file = join(data, set, 'test.json');
    const records = JSON.parse(readFileSync(file, 'utf8')) as { answer: string }[];
    return recordPrompts(file, count).map((prompt, i) => {
      const { answer = '' } = records[i] ?? {};
      return { set, prompt, answer };
    });
  });
  const job = { model, adapter: adapter === undefined ? null : resolve(adapter), threads: 1 };
  return runPython(python, 'answers.py', { ...job, questions }) as Promise<Theirs[]>;
}

function isEqual(one: Prediction, other: Theirs): boolean {
  return (
    one.text === other.text && one.extracted === other.extracted && one.correct === other.correct
  );
}

function report(
  { report: tell, count }: AnswersCheck,
  what: string,
  pairs: readonly [Prediction, Theirs | undefined][],
): void {
  const equal = pairs.filter(([one, other]) => other !== undefined && isEqual(one, other)).length;
  const right = (of: readonly (Theirs | undefined)[]): number =>
    of.filter((one) => one?.correct === true).length;
  tell(
    equal === count && pairs.length === count,
    `${what}: ${equal} of ${pairs.length} answers equal; ` +
      `${right(pairs.map(([one]) => one))} right here, ` +
      `${right(pairs.map(([, other]) => other))} with transformers and PEFT`,
  );
}

async function explain(
  { model }: AnswersCheck,
  adapterPath: string | undefined,
  pairs: readonly [Prediction, Theirs | undefined][],
): Promise<void> {
  if (pairs.length === 0) return;
  const { engine, tokenizer } = await openModel(model, { adapterPath, threads: 1 });
  for (const [one, other] of pairs) {
    const { tokens = [] } = other ?? {};
    const prompt = Int32Array.from(tokenizer.tokenizer.encode(one.prompt ?? ''));
    const gap = await scoreGap(engine, prompt, [one.tokens, tokens], tokenizer.endTokens);
    console.log(
      `      question ${one.index}: ${JSON.stringify([one.text, other?.text])}\n      ${gap}`,
    );
  }
  await engine.dispose();
}
