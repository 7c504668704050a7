// What all tasks with right answers share: the open questions are asked, every answer is kept as it comes, and the
// answers that are there already are scored by the task as it is now.
import { AnswerFile } from '../runs/answerFile';
import { parsePrediction, type Prediction } from '../shared/prediction';
import { wilsonInterval } from '../shared/statistics/wilson';
import { alikeAnswers } from './alikeAnswers';
import type { AccuracyResult, EvaluationSettings } from './evaluate';
import type { Question } from './questions';
import type { ChoiceTask, GenerationTask } from './task';

/** How the questions of one protocol are asked and scored. */
export interface Asking<Asked extends Question> {
  task: GenerationTask | ChoiceTask;
  questions: Asked[];
  /** What the model is called in the answers, and what earlier versions called it. */
  models: readonly [string, ...string[]];
  /** Tokens of the longest text of a question. */
  longest: (question: Asked) => number;
  contextLength: number;
  /** What was said, scored anew. */
  rescore: (prediction: Prediction, question: Asked) => Prediction;
  /** Asks, and tells each answer as it comes; until the signal stops it. */
  ask: (open: Asked[], answered: (prediction: Prediction) => void) => Promise<void>;
}

export async function askQuestions<Asked extends Question>(
  asking: Asking<Asked>,
  { file, replace = false, onProgress, onNote, signal }: EvaluationSettings,
): Promise<AccuracyResult> {
  const start = performance.now();
  const { task, questions, models } = asking;
  const n = questions.length;
  const hashes = new Map(questions.map(({ index, promptHash }) => [index, promptHash]));
  const parse = parsePrediction;
  const answers = new AnswerFile(file, { task, parse, models, questions: hashes, replace });
  const tally = new Tally(questions.length);
  try {
    if (answers.isReplaced) onNote?.(`earlier answers that cannot be mixed are now in ${file}.old`);
    const open: Asked[] = [];
    for (const question of questions) {
      const known = answers.known.get(question.index);
      if (known === undefined) {
        open.push(question);
        continue;
      }
      const scored = asking.rescore({ ...known, model: models[0] }, question);
      answers.known.set(question.index, scored);
      tally.add(scored);
    }
    onProgress?.(tally.progress);
    signal?.throwIfAborted();
    if (open.length > 0) {
      await asking.ask(open, (prediction) => {
        answers.append(prediction);
        tally.add(prediction);
        onProgress?.(tally.progress);
      });
    }
    signal?.throwIfAborted();
    // An accuracy over questions that were never answered would be a lie.
    const { done } = tally.progress;
    if (done !== n)
      throw new Error(`Only ${done} of ${n} questions of ${task.name} were answered.`);
    answers.finish();
  } finally {
    answers.close();
  }
  const { correct } = tally.progress;
  // Choices are texts of their own in each question.
  const alike = task.protocol === 'generation' ? alikeAnswers(tally.answers) : undefined;
  return {
    task: task.name,
    ...(task.group !== undefined && { group: task.group }),
    protocol: task.protocol,
    n,
    correct,
    accuracy: n === 0 ? 0 : correct / n,
    interval: wilsonInterval(correct, n),
    ...(alike !== undefined && { alike }),
    seconds: (performance.now() - start) / 1000,
    beyondContext: questions.filter((one) => asking.longest(one) > asking.contextLength).length,
  };
}

class Tally {
  private done = 0;
  private correct = 0;
  private extracted = 0;
  readonly answers: Pick<Prediction, 'extracted' | 'correct'>[] = [];

  constructor(private readonly questions: number) {}

  add(prediction: Prediction): void {
    this.done += 1;
    this.answers.push({ extracted: prediction.extracted, correct: prediction.correct });
    if (prediction.correct) this.correct += 1;
    if (prediction.extracted !== '') this.extracted += 1;
  }

  get progress() {
    const { done, questions, correct, extracted } = this;
    return { done, questions, correct, extracted };
  }
}
