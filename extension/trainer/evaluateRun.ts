// The tasks of a run: read before it starts, asked when it says so, answers kept in results/.
import { dirname, join, resolve } from 'node:path';
import type { ExperimentSettings } from '../shared/experiment';
import type { NewRunEvent, RunEvent, RunFile } from '../shared/run';
import { alikeAnswersText } from '../evaluation/alikeAnswers';
import { beyondContextText } from '../evaluation/beyondContext';
import { evaluateTask, type EvaluatedModel, type TaskResult } from '../evaluation/evaluate';
import type { AnswersResult } from '../evaluation/judge/answerTurns';
import { conversationsOf, trainedTemplate } from '../evaluation/judge/conversations';
import { readTaskQuestions, type TaskQuestions } from '../evaluation/taskQuestions';
import { UnreadAnswers } from '../evaluation/unreadAnswers';
import { checkpointName } from '../runs/checkpoints';
import { readControl } from '../runs/control';
import { evaluationHolder, lockEvaluation } from '../runs/evaluationLock';
import { readEvents } from '../runs/eventReader';
import type { EventWriter } from '../runs/eventWriter';
import { judgedFile } from '../runs/judgedResults';
import type { FileLock } from '../runs/lockFile';
import { runPaths } from '../runs/runPaths';
import type { Engine } from './addon';
import { plainGeneration } from './plainGeneration';
import { judgeRun } from './judgeRun';
import type { PreparedRun } from './prepareTraining';
import type { StatusBoard } from './statusBoard';

export const questionsAtATime = plainGeneration.atOnce;
const lockWaitMs = 1000;
const controlMs = 500;

/** Every task of the settings with its questions; paths are relative to the experiment file. */
export function readRunTasks(
  { evaluation }: ExperimentSettings,
  experimentFile: string,
): Promise<TaskQuestions[]> {
  const folder = resolve(dirname(experimentFile), evaluation.data);
  return readTaskQuestions(evaluation.tasks, folder, evaluation.limit);
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
    ['accuracy', 'choice', 'perplexity', 'judged'].includes(event.type) &&
    'task' in event &&
    event.task === name &&
    event.step === step;
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
  const { config, path } = prepared.folder;
  const trained = trainedTemplate(prepared.settings);
  const model: EvaluatedModel = {
    ...{ generator: engine, tokenizer, endTokens, contextLength: config.contextLength },
    ...{ fingerprint, conversations: conversationsOf({ folder: path, tokenizer, trained }) },
  };
  const stopped = new AbortController();
  const stopIfAsked = (): void => {
    if (readControl(folder) !== undefined) stopped.abort();
  };
  const note = (text: string): void => {
    status.note(text);
    stopIfAsked();
  };
  const toldOf = async (result: TaskResult): Promise<NewRunEvent[]> => {
    const beyond = beyondContextOf(result, step);
    if (result.protocol !== 'judged')
      return [figureOf(result, step), ...beyond, ...alikeOf(result, step)];
    const { judge } = prepared.settings.evaluation;
    const { judgements: file } = judgedFile(place, result.task);
    const judging = { judge, step, file, onProgress: note, signal: stopped.signal };
    // A slow judge tells nothing for a while: whoever wants the run to stop does not wait for it.
    const watching = setInterval(stopIfAsked, controlMs);
    try {
      return [...(await judgeRun(result, judging)), ...beyond];
    } finally {
      clearInterval(watching);
    }
  };
  for (const asked of tasks) {
    const { name } = asked.task;
    const unread = asked.protocol === 'generation' ? new UnreadAnswers(asked.task) : undefined;
    const asking = evaluateTask(asked, model, {
      file: join(place, `${name}.jsonl`),
      atOnce: questionsAtATime,
      signal: stopped.signal,
      // A run does not end for answers to what its task was before; they stay beside the new ones.
      replace: true,
      onNote: (note) => {
        events.append(warningOf('answers-replaced', `${name}: ${note}.`, step, name));
      },
      onProgress: (progress) => {
        const { done, questions: all } = progress;
        const warning = unread?.see(progress);
        if (warning !== undefined) {
          events.append(warningOf('answers-not-extracted', warning, step, name));
        }
        note(`evaluating ${name}: ${done} of ${all} questions`);
      },
    });
    const result = await asking.catch((error: unknown) => {
      if (stopped.signal.aborted) return undefined;
      throw error;
    });
    if (result === undefined) return false;
    const told = await toldOf(result).catch((error: unknown) => {
      if (stopped.signal.aborted) return undefined;
      throw error;
    });
    if (told === undefined) return false;
    for (const event of told) events.append(event);
  }
  return true;
}

function beyondContextOf(result: TaskResult, step: number): NewRunEvent[] {
  const message = beyondContextText(result);
  if (message === undefined) return [];
  return [warningOf('questions-beyond-context', message, step, result.task)];
}

function alikeOf(result: TaskResult, step: number): NewRunEvent[] {
  const message = alikeAnswersText(result);
  return message === undefined ? [] : [warningOf('answers-alike', message, step, result.task)];
}

function figureOf(result: Exclude<TaskResult, AnswersResult>, step: number): NewRunEvent {
  const { task, seconds } = result;
  if (result.protocol === 'perplexity') {
    const { tokens, natsPerToken } = result;
    return { type: 'perplexity', step, task, tokens, natsPerToken, seconds };
  }
  const type = result.protocol === 'choice' ? 'choice' : 'accuracy';
  const { group, n, correct, accuracy } = result;
  const told = { type, step, task, n, correct, accuracy, seconds } as const;
  return { ...told, ...(group !== undefined && { group }) };
}

function warningOf(code: string, message: string, step: number, task: string): NewRunEvent {
  return { type: 'warning', code, message, step, data: { task } };
}
