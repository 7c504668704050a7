// The tasks of a run: read before it starts, asked when it says so, answers kept in results/.
import { dirname, join, resolve } from 'node:path';
import type { ExperimentSettings } from '../shared/experiment';
import type { RunEvent, RunFile } from '../shared/run';
import { evaluateTask, type EvaluatedModel, type Generator } from '../evaluation/evaluate';
import { readTaskQuestions, type TaskQuestions } from '../evaluation/taskQuestions';
import { checkpointName } from '../runs/checkpoints';
import { readControl } from '../runs/control';
import { evaluationHolder, lockEvaluation } from '../runs/evaluationLock';
import { readEvents } from '../runs/eventReader';
import type { EventWriter } from '../runs/eventWriter';
import type { FileLock } from '../runs/lockFile';
import { runPaths } from '../runs/runPaths';
import type { Engine } from './addon';
import { plainGeneration } from './plainGeneration';
import type { PreparedRun } from './prepareTraining';
import type { StatusBoard } from './statusBoard';
import { UnreadAnswers } from './unreadAnswers';

export const questionsAtATime = plainGeneration.atOnce;
const lockWaitMs = 1000;

/** Every task of the settings with its questions; paths are relative to the experiment file. */
export function readRunTasks(
  { evaluation }: ExperimentSettings,
  experimentFile: string,
): Promise<TaskQuestions[]> {
  const folder = resolve(dirname(experimentFile), evaluation.data);
  return readTaskQuestions(evaluation.tasks, folder, evaluation.limit);
}

/** The engine as an evaluation asks it. */
export function generatorOf(engine: Engine): Generator {
  return {
    generate: async (prompts, options) => {
      const texts = await engine.generate({ ...plainGeneration, prompts, ...options });
      return texts.map(({ tokens }) => tokens);
    },
  };
}

export interface RunEvaluation {
  run: RunFile;
  folder: string;
  prepared: PreparedRun;
  engine: Engine;
  events: EventWriter;
  status: StatusBoard;
}

/** Asks every task after `step` steps; the answers of a run's end are in results/ itself. False if asked to stop. */
export async function evaluateRun(evaluation: RunEvaluation, step: number): Promise<boolean> {
  const { run, folder, prepared, status } = evaluation;
  const tasks = await openTasks(evaluation, step);
  if (tasks.length === 0) return true;
  const { results } = runPaths(folder);
  const place = step === prepared.data.steps ? results : join(results, checkpointName(step));
  const lock = await waitForLock(place, folder, status);
  if (lock === undefined) return false;
  try {
    return await askTasks(evaluation, tasks, {
      step,
      place,
      fingerprint: checkpointFingerprint(run, step),
    });
  } finally {
    lock.release();
  }
}

/** What a model of a run is known by in its results, whoever asks it. */
export function checkpointFingerprint({ id }: RunFile, step: number): string {
  return `${id} ${step}`;
}

/** Those that an earlier trainer of the run did not finish. */
async function openTasks(
  { run, folder, prepared }: RunEvaluation,
  step: number,
): Promise<TaskQuestions[]> {
  const before = await readEvents(folder);
  const isTold = (name: string, event: RunEvent): boolean =>
    event.type === 'accuracy' && event.step === step && event.task === name;
  const tasks = await readRunTasks(prepared.settings, run.experimentFile);
  return tasks.filter(({ task }) => !before.some((event) => isTold(task.name, event)));
}

/** Somebody may evaluate the same checkpoint by hand: their answers are used when they are done. */
async function waitForLock(
  place: string,
  folder: string,
  status: StatusBoard,
): Promise<FileLock | undefined> {
  for (;;) {
    const holder = evaluationHolder(place);
    if (holder === undefined) return lockEvaluation(place);
    if (readControl(folder) !== undefined) return undefined;
    status.note(`waiting for the evaluation by process ${holder.pid}`);
    await new Promise((resolveWait) => setTimeout(resolveWait, lockWaitMs));
  }
}

interface AskedStep {
  step: number;
  place: string;
  fingerprint: string;
}

async function askTasks(
  { folder, prepared, engine, events, status }: RunEvaluation,
  tasks: readonly TaskQuestions[],
  { step, place, fingerprint }: AskedStep,
): Promise<boolean> {
  const { tokenizer, endTokens } = prepared.tokenizer;
  const { contextLength } = prepared.folder.config;
  const generator = generatorOf(engine);
  const model: EvaluatedModel = { generator, tokenizer, endTokens, contextLength, fingerprint };
  const stopped = new AbortController();
  for (const { task, questions } of tasks) {
    const unread = new UnreadAnswers(task, step);
    const asking = evaluateTask(task, questions, model, {
      file: join(place, `${task.name}.jsonl`),
      batchSize: questionsAtATime,
      signal: stopped.signal,
      onProgress: (progress) => {
        const { done, questions: all } = progress;
        status.note(`evaluating ${task.name}: ${done} of ${all} questions`);
        const warning = unread.see(progress);
        if (warning !== undefined) events.append(warning);
        if (readControl(folder) !== undefined) stopped.abort();
      },
    });
    const result = await asking.catch((error: unknown) => {
      if (stopped.signal.aborted) return undefined;
      throw error;
    });
    if (result === undefined) return false;
    const { n, correct, accuracy, seconds } = result;
    events.append({ type: 'accuracy', step, task: task.name, n, correct, accuracy, seconds });
  }
  return true;
}
