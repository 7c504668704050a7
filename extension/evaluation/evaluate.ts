// Asks a model a task's questions and scores what it writes. Predictions that are there already are not asked again.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TextTokenizer } from '../model/tokenizer';
import type { Question } from './questions';
import { PredictionLog, readPredictions, type Prediction } from './results';
import { score } from './score';
import type { Interval } from '../shared/statistics/interval';
import { wilsonInterval } from '../shared/statistics/wilson';
import type { GenerationTask } from './task';

export interface GenerationOptions {
  maxNewTokens: number;
  beams: number;
  /** Any of them ends a text. */
  endTokens: number[];
}

/** The part of the engine that an evaluation needs: new tokens of each prompt. */
export interface Generator {
  generate(prompts: Int32Array[], options: GenerationOptions): Promise<Int32Array[]>;
}

export interface EvaluatedModel {
  generator: Generator;
  tokenizer: TextTokenizer;
  endTokens: number[];
  /** Longest text that the model was made for. */
  contextLength: number;
  /** Changes whenever the weights or the adapter do. */
  fingerprint: string;
}

export interface Progress {
  done: number;
  questions: number;
  correct: number;
  /** Outputs in which an answer was found. */
  extracted: number;
}

export interface EvaluationSettings {
  /** The results file, appended to. */
  file: string;
  /** Questions asked at a time. */
  batchSize: number;
  onProgress?: (progress: Progress) => void;
  /** Stops between two batches; what was asked stays in the file. */
  signal?: AbortSignal;
}

export interface TaskResult {
  task: string;
  n: number;
  correct: number;
  accuracy: number;
  interval: Interval;
  seconds: number;
  /** Questions that, with their answer, are longer than the model's context; they are asked all the same. */
  beyondContext: number;
}

export async function evaluateTask(
  task: GenerationTask,
  questions: Question[],
  model: EvaluatedModel,
  settings: EvaluationSettings,
): Promise<TaskResult> {
  const start = performance.now();
  const modelHash = hashOf(model, task);
  const known = knownPredictions(settings.file, questions, modelHash);
  let correct = known.filter((prediction) => prediction.correct).length;
  let extracted = known.filter(hasAnswer).length;
  let done = known.length;
  let beyondContext = 0;
  const answered = new Set(known.map(({ index }) => index));
  const promptless = withPrompts(known, questions);
  const open = questions.filter(({ index }) => !answered.has(index));
  const report = (): void =>
    settings.onProgress?.({ done, questions: questions.length, correct, extracted });
  report();
  mkdirSync(dirname(settings.file), { recursive: true });
  const log = new PredictionLog(settings.file);
  try {
    if (promptless.length > 0) log.append(promptless);
    for (let first = 0; first < open.length; first += settings.batchSize) {
      settings.signal?.throwIfAborted();
      const batch = open.slice(first, first + settings.batchSize);
      const prompts = batch.map(({ prompt }) => Int32Array.from(model.tokenizer.encode(prompt)));
      beyondContext += prompts.filter((prompt) => isBeyond(prompt, task, model)).length;
      const predictions = await predict(task, batch, prompts, { model, modelHash });
      log.append(predictions);
      done += batch.length;
      correct += predictions.filter((prediction) => prediction.correct).length;
      extracted += predictions.filter(hasAnswer).length;
      report();
    }
  } finally {
    log.close();
  }
  return {
    task: task.name,
    n: questions.length,
    correct,
    accuracy: questions.length === 0 ? 0 : correct / questions.length,
    interval: wilsonInterval(correct, questions.length),
    seconds: (performance.now() - start) / 1000,
    beyondContext,
  };
}

function hasAnswer({ extracted }: Prediction): boolean {
  return extracted !== '';
}

function isBeyond(prompt: Int32Array, task: GenerationTask, model: EvaluatedModel): boolean {
  return prompt.length + task.generation.maxNewTokens > model.contextLength;
}

/** Predictions depend on the model and on how text is generated and read. */
function hashOf(
  { fingerprint, endTokens }: EvaluatedModel,
  { generation, extraction }: GenerationTask,
): string {
  const content = JSON.stringify([fingerprint, endTokens, generation, extraction]);
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

/** The last line of each question that this model answered. */
function knownPredictions(file: string, questions: Question[], modelHash: string): Prediction[] {
  const last = new Map<number, Prediction>();
  for (const prediction of readPredictions(file)) {
    if (prediction.model === modelHash) last.set(prediction.index, prediction);
  }
  return questions.flatMap(({ index, promptHash, answer }) => {
    const prediction = last.get(index);
    const isSame = prediction?.promptHash === promptHash && prediction.answer === answer;
    return prediction !== undefined && isSame ? [prediction] : [];
  });
}

/** Lines of an earlier version, with the prompt that they lack: the last line of a question counts. */
function withPrompts(known: Prediction[], questions: Question[]): Prediction[] {
  const prompts = new Map(questions.map(({ index, prompt }) => [index, prompt]));
  return known.flatMap((prediction) => {
    const prompt = prompts.get(prediction.index);
    return prediction.prompt === undefined && prompt !== undefined
      ? [{ ...prediction, prompt }]
      : [];
  });
}

async function predict(
  task: GenerationTask,
  questions: Question[],
  prompts: Int32Array[],
  { model, modelHash }: { model: EvaluatedModel; modelHash: string },
): Promise<Prediction[]> {
  const { generator, tokenizer, endTokens } = model;
  const { beams, maxNewTokens } = task.generation;
  const outputs = await generator.generate(prompts, { beams, maxNewTokens, endTokens });
  return questions.map(({ index, answer, prompt, promptHash }, i) => {
    const tokens = Array.from(outputs[i] ?? []);
    const text = tokenizer.decode(tokens, { skipSpecial: true }).trim();
    return {
      index,
      text,
      ...score(task, text, answer),
      answer,
      tokens,
      promptHash,
      prompt,
      model: modelHash,
    };
  });
}
