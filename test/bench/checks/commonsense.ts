// 100 questions of the eight commonsense sets, asked as the paper asks: the texts of greedy and 4-beam search token for
// token as transformers', one question at a time there and all at once here; log-likelihoods of the answers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModelFolder } from '../../../extension/model/folder';
import type { Engine } from '../../../extension/trainer/addon';
import { openEngine, openTokenizer } from '../../../extension/trainer/openModel';
import { plainGeneration } from '../../../extension/trainer/plainGeneration';
import type { Check } from '../checkModels';
import { recordPrompts } from '../prompts';
import { runPython } from '../python';
import { scoreGap } from './scoreGap';

const SETS = 'boolq piqa social_i_qa hellaswag winogrande ARC-Easy ARC-Challenge openbookqa'.split(
  ' ',
);
const QUESTIONS = 100;
const NEW_TOKENS = 32;
const THREADS = 2;
const LIKELIHOOD = 1e-4;

interface Question {
  prompt: Int32Array;
  answer: Int32Array;
}

interface Likelihood {
  sum: number;
  isGreedy: boolean;
}

export type CommonsenseCheck = Pick<Check, 'model' | 'python' | 'report'> & { sets: string };

export async function checkCommonsense(check: CommonsenseCheck): Promise<void> {
  const folder = readModelFolder(check.model);
  const { tokenizer, endTokens } = openTokenizer(folder);
  const encode = (text: string): Int32Array => Int32Array.from(tokenizer.encode(text));
  const questions = readQuestions(check.sets, encode);
  const engine = await openEngine(folder, { threads: THREADS });
  for (const beams of [4, 1]) await compareTexts(check, engine, { questions, endTokens, beams });
  await compareLikelihoods(check, engine, questions);
  await engine.dispose();
}

function readQuestions(sets: string, encode: (text: string) => Int32Array): Question[] {
  return SETS.flatMap((set, index) => {
    const file = join(sets, set, 'test.json');
    const count = Math.ceil((QUESTIONS - index) / SETS.length);
    const records = JSON.parse(readFileSync(file, 'utf8')) as { output: string }[];
    return recordPrompts(file, count).map((prompt, i) => ({
      prompt: encode(prompt),
      answer: encode(records[i]?.output ?? ''),
    }));
  });
}

interface Asked {
  questions: Question[];
  endTokens: number[];
  beams: number;
}

async function compareTexts(
  { model, python, report }: CommonsenseCheck,
  engine: Engine,
  { questions, endTokens, beams }: Asked,
): Promise<void> {
  const prompts = questions.map(({ prompt }) => prompt);
  const search = { beams, maxNewTokens: NEW_TOKENS, endTokens };
  const ours = await engine.generate({ ...plainGeneration, ...search, prompts });
  const job = { model, ...search, batchSize: 1, threads: THREADS };
  const theirs = (await runPython(python, 'generate.py', {
    ...job,
    prompts: prompts.map((prompt) => [...prompt]),
  })) as { tokens: number[][] };
  let equal = 0;
  for (const [index, prompt] of prompts.entries()) {
    const expected = theirs.tokens[index] ?? [];
    const found = [...(ours[index]?.tokens ?? [])];
    if (found.join() === expected.join()) equal++;
    else {
      const gap = await scoreGap(engine, prompt, [found, expected], endTokens);
      console.log(`      ${beams} beams, question ${index}: ${gap}`);
    }
  }
  report(equal === prompts.length, `${equal} of ${prompts.length} texts equal with ${beams} beams`);
}

async function compareLikelihoods(
  { model, python, report }: CommonsenseCheck,
  engine: Engine,
  questions: Question[],
): Promise<void> {
  const ours = await engine.logLikelihoods({
    contexts: questions.map(({ prompt }) => prompt),
    continuations: questions.map(({ answer }) => [answer]),
  });
  const texts = questions.map(({ prompt, answer }) => ({
    context: [...prompt],
    continuation: [...answer],
  }));
  const job = { model, texts, threads: THREADS };
  const theirs = (await runPython(python, 'likelihoods.py', job)) as Likelihood[];
  const apart = theirs.map(({ sum }, i) => Math.abs(sum - (ours[i]?.[0]?.sum ?? NaN)));
  const worst = Math.max(...apart);
  const same = theirs.every(({ isGreedy }, i) => isGreedy === ours[i]?.[0]?.isGreedy);
  const what = `${apart.length} log-likelihoods at most ${worst.toExponential(1)} nats apart`;
  report(worst <= LIKELIHOOD && same, `${what}, likeliest ones ${same ? 'the same' : 'others'}`);
}
