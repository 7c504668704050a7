// Multiple choice by log-likelihood: the choice that the model expects most is its answer. As lm-evaluation-harness
// defines acc (the sum over the choice's tokens) and acc_norm (divided by the choice's characters).
import type { ChoiceQuestion } from './choiceQuestions';
import type { AccuracyResult, EvaluatedModel, EvaluationSettings } from './evaluate';
import type { Generator } from './generator';
import { shortHash } from './hash';
import { askQuestions } from './scoredQuestions';
import type { ChoiceTask } from './task';
import type { AskedChoice } from './taskQuestions';
import { encodePair, type TokenPair } from './tokenPairs';

type Encoded = ChoiceQuestion & { tokens: TokenPair[] };

export function askChoices(
  { task, questions }: AskedChoice,
  model: EvaluatedModel,
  settings: EvaluationSettings,
): Promise<AccuracyResult> {
  const { generator, tokenizer, fingerprint, contextLength } = model;
  const name = shortHash(JSON.stringify([fingerprint, 'choice']));
  const encoded: Encoded[] = questions.map((question) => ({
    ...question,
    tokens: question.pairs.map((pair) => encodePair(tokenizer, pair.context, pair.continuation)),
  }));
  return askQuestions(
    {
      task,
      questions: encoded,
      models: [name],
      longest: ({ tokens }) =>
        Math.max(...tokens.map((pair) => pair.context.length + pair.continuation.length)),
      contextLength,
      rescore: (prediction, question) => ({
        ...prediction,
        ...choose(task, question, prediction.logLikelihoods ?? []),
      }),
      ask: async (open, answered) => {
        for (let first = 0; first < open.length; first += settings.atOnce) {
          settings.signal?.throwIfAborted();
          const part = open.slice(first, first + settings.atOnce);
          const sums = await measure(generator, part);
          for (const [place, question] of part.entries()) {
            const { index, promptHash, prompt, choices } = question;
            const logLikelihoods = sums[place] ?? [];
            answered({
              ...{ protocol: 'choice', index, ...choose(task, question, logLikelihoods) },
              ...{ tokens: [], choices, logLikelihoods, promptHash, prompt, model: name },
            });
          }
        }
      },
    },
    settings,
  );
}

function choose(
  { normalise }: ChoiceTask,
  { choices, right, answer }: ChoiceQuestion,
  logLikelihoods: readonly number[],
) {
  const scores = logLikelihoods.map((sum, i) =>
    normalise === 'length' ? sum / Array.from(choices[i] ?? '').length : sum,
  );
  const best = scores.indexOf(Math.max(...scores));
  const text = choices[best] ?? '';
  return { text, extracted: text, answer, correct: best === right };
}

/** Of each question the log-likelihoods of its choices. Choices after one context share its computation. */
async function measure(generator: Generator, questions: readonly Encoded[]): Promise<number[][]> {
  const contexts: Int32Array[] = [];
  const continuations: Int32Array[][] = [];
  const places: { context: number; continuation: number }[][] = [];
  for (const { tokens } of questions) {
    let last = '';
    places.push(
      tokens.map(({ context, continuation }) => {
        const key = context.join(' ');
        if (key !== last || contexts.length === 0) {
          contexts.push(Int32Array.from(context));
          continuations.push([]);
        }
        last = key;
        const of = continuations.at(-1) ?? [];
        of.push(Int32Array.from(continuation));
        return { context: contexts.length - 1, continuation: of.length - 1 };
      }),
    );
  }
  const found = await generator.logLikelihoods({ contexts, continuations });
  return places.map((of) =>
    of.map(({ context, continuation }) => found[context]?.[continuation]?.sum ?? NaN),
  );
}
