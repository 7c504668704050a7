// Tasks whose answers the model writes.
import type { AccuracyResult, EvaluatedModel, EvaluationSettings } from './evaluate';
import { shortHash } from './hash';
import { score } from './score';
import { askQuestions } from './scoredQuestions';
import { cutText, StopTexts } from './stopTexts';
import type { GenerationTask } from './task';
import type { AskedGeneration } from './taskQuestions';

export function askGeneration(
  { task, questions }: AskedGeneration,
  model: EvaluatedModel,
  settings: EvaluationSettings,
): Promise<AccuracyResult> {
  const { generator, tokenizer, endTokens } = model;
  const models = modelNames(model, task);
  const encoded = questions.map((question) => ({
    ...question,
    tokens: Int32Array.from(tokenizer.encode(question.prompt)),
  }));
  const { stopTexts: stops, ...generation } = task.generation;
  return askQuestions(
    {
      task,
      questions: encoded,
      models,
      longest: ({ tokens }) => tokens.length + generation.maxNewTokens,
      contextLength: model.contextLength,
      rescore: (prediction, { prompt, answer }) => {
        const text = cutText(prediction.text, stops);
        return { ...prediction, prompt, text, answer, ...score(task, text, answer) };
      },
      ask: async (open, answered) => {
        const stopTexts = new StopTexts(stops, tokenizer);
        const prompts = open.map(({ tokens }) => tokens);
        // Whatever was answered before, a question is drawn by its own place.
        const numbers = open.map(({ index }) => index);
        const { sampling } = generation;
        const request = {
          ...{ ...generation, prompts, endTokens, atOnce: settings.atOnce },
          ...(sampling !== undefined && { sampling: { ...sampling, numbers } }),
        };
        const stop = (): void => {
          generator.stopGenerating();
        };
        settings.signal?.addEventListener('abort', stop);
        try {
          await generator.generate(request, {
            done: (place, { tokens, ended }) => {
              const question = open[place];
              // One that was cancelled is asked again another time.
              if (question === undefined || (ended === 'stopped' && !stopTexts.stopped(place)))
                return;
              const kept = stopTexts.cut(tokens);
              const text = cutText(tokenizer.decode(kept, { skipSpecial: true }), stops).trim();
              const { index, answer, prompt, promptHash } = question;
              answered({
                ...{ index, text, ...score(task, text, answer), answer, tokens: Array.from(kept) },
                ...{ promptHash, prompt, model: models[0] },
              });
            },
            ...(stops.length > 0 && {
              token: ({ prompt, token }) => {
                if (stopTexts.sees(prompt, token)) generator.stopGenerating(prompt);
              },
            }),
          });
        } finally {
          settings.signal?.removeEventListener('abort', stop);
        }
      },
    },
    settings,
  );
}

/** Answers depend on the model and on how texts are generated; how they are read is told anew each time. */
function modelNames(
  { fingerprint, endTokens }: EvaluatedModel,
  { generation, extraction }: GenerationTask,
): [string, ...string[]] {
  const { beams, maxNewTokens, lengthPenalty, earlyStopping, sampling } = generation;
  const now = shortHash(JSON.stringify([fingerprint, endTokens, generation]));
  const isUsual = lengthPenalty === 1 && earlyStopping === false && sampling === undefined;
  if (!isUsual || typeof extraction !== 'object') return [now];
  // Version 0.2 knew beams and new tokens alone, and counted the pattern in.
  const { pattern } = extraction;
  const before = JSON.stringify([fingerprint, endTokens, { beams, maxNewTokens }, pattern]);
  return [now, shortHash(before)];
}
