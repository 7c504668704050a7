// The tasks of a run: read before it starts, asked when it says so, answers kept in results/.
import { dirname, join, resolve } from 'node:path';
import type { ExperimentSettings } from '../shared/experiment';
import type { RunEvent, RunFile } from '../shared/run';
import { evaluateTask, type EvaluatedModel, type Generator } from '../evaluation/evaluate';
import { readQuestions, type Question } from '../evaluation/questions';
import { findTask, type Task } from '../evaluation/task';
import { checkpointName } from '../runs/checkpoints';
import { readControl } from '../runs/control';
import { readEvents } from '../runs/eventReader';
import type { EventWriter } from '../runs/eventWriter';
import { runPaths } from '../runs/runPaths';
import type { Engine } from './addon';
import type { PreparedRun } from './prepareTraining';
import type { StatusBoard } from './statusBoard';
import { UnreadAnswers } from './unreadAnswers';

/** Questions asked at a time: enough to keep the processor busy, few enough for the caches to be small. */
export const questionsAtATime = 16;

export interface RunTask {
  task: Task;
  questions: Question[];
}

/** Every task of the settings with its questions; paths are relative to the experiment file. */
export async function readRunTasks(
  { evaluation }: ExperimentSettings,
  experimentFile: string,
): Promise<RunTask[]> {
  const folder = resolve(dirname(experimentFile), evaluation.data);
  const tasks: RunTask[] = [];
  for (const name of evaluation.tasks) {
    const task = findTask(name, folder);
    tasks.push({ task, questions: await readQuestions(task, folder, evaluation.limit) });
  }
  return tasks;
}

/** The engine as an evaluation asks it. */
export function generatorOf(engine: Engine): Generator {
  return { generate: (prompts, options) => engine.generate({ prompts, ...options }) };
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
export async function evaluateRun(
  { run, folder, prepared, engine, events, status }: RunEvaluation,
  step: number,
): Promise<boolean> {
  const { settings, tokenizer } = prepared;
  const { results } = runPaths(folder);
  const place = step === prepared.data.steps ? results : join(results, checkpointName(step));
  const model: EvaluatedModel = {
    generator: generatorOf(engine),
    tokenizer: tokenizer.tokenizer,
    endTokens: tokenizer.endTokens,
    contextLength: prepared.folder.config.contextLength,
    fingerprint: `${run.id} ${step}`,
  };
  const stopped = new AbortController();
  const before = await readEvents(folder);
  for (const { task, questions } of await readRunTasks(settings, run.experimentFile)) {
    const isTold = (event: RunEvent): boolean =>
      event.type === 'accuracy' && event.step === step && event.task === task.name;
    if (before.some(isTold)) continue;
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
