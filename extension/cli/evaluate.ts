// adapter-lab evaluate: accuracy by task, every prediction kept. An evaluation that was stopped goes on where it
// was when it is asked again of the same model.
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { fingerprintFiles } from '../data/fingerprint';
import { evaluateTask, type EvaluatedModel, type TaskResult } from '../evaluation/evaluate';
import { readPredictions } from '../evaluation/results';
import { readTaskQuestions, type TaskQuestions } from '../evaluation/taskQuestions';
import { fingerprintModel } from '../model/fingerprint';
import { writeAtomically } from '../runs/atomicFile';
import { lockEvaluation } from '../runs/evaluationLock';
import { generatorOf, questionsAtATime } from '../trainer/evaluateRun';
import { openModel, type OpenedModel } from '../trainer/openModel';
import { configFile } from '../trainer/peftConfig';
import { tensorFile } from '../trainer/peftTensors';
import { checkpointIdentity, describeEvaluation } from './evaluated';
import { commaList, oneOf, threadsOption, wholeNumber } from './arguments';
import { tell, type Outcome, type OutputOptions } from './output';
import { openProgress, openProgressRecords, type Progress } from './progress';
import { duration, percent, table } from './wording';

interface EvaluateOptions extends OutputOptions {
  adapter?: string;
  tasks: string[];
  data: string;
  limit: number;
  output?: string;
  results?: string;
  progress: 'text' | 'json';
  batchSize: number;
  threads: number;
}

interface AskedTask extends TaskQuestions {
  /** Where its predictions are kept. */
  file: string;
}

export function addEvaluate(program: Command): void {
  program
    .command('evaluate')
    .description('measure accuracy on tasks, and keep every prediction')
    .argument('<model>', 'Hugging Face model folder, or a checkpoint of full fine-tuning')
    .requiredOption('--tasks <a,b>', 'names of tasks', commaList('--tasks'))
    .requiredOption('--data <dir>', 'folder that holds a folder for each task')
    .option('--adapter <folder>', 'PEFT adapter to put on the model')
    .option(
      '--limit <n>',
      'only the first so many questions; 0 is all',
      wholeNumber('--limit', 0),
      0,
    )
    .option('--output <file.jsonl>', 'file for all predictions, one line a question')
    .option('--results <dir>', 'folder for a file of predictions a task, and evaluation.json')
    .option(
      '--progress <kind>',
      'text, or json: a line for each step of the work on stderr',
      oneOf('--progress', ['text', 'json'] as const),
      'text',
    )
    .option(
      '--batch-size <n>',
      'questions asked at once',
      wholeNumber('--batch-size', 1),
      questionsAtATime,
    )
    .option(...threadsOption)
    .option('--json', 'print {tasks: [{task, n, correct, accuracy, seconds}], results}')
    .addHelpText(
      'after',
      `
Known tasks: boolq, piqa, social_i_qa, hellaswag, winogrande, ARC-Easy, ARC-Challenge, openbookqa (the paper's
prompt, 4 beams, 32 new tokens), and every folder of the data with a task.json.

Examples:
  adapter-lab evaluate models/smollm2 --tasks boolq --data data --limit 200
  adapter-lab evaluate models/smollm2 --adapter runs/ID/checkpoints/step-000200 \\
      --tasks boolq,piqa --data data --output predictions.jsonl --json
  adapter-lab evaluate models/smollm2 --tasks boolq --data data --results evaluations/smollm2
`,
    )
    .action(async (model: string, options: EvaluateOptions) => {
      await tell(options, () => evaluate(model, options));
    });
}

async function evaluate(model: string, options: EvaluateOptions): Promise<Outcome> {
  const { adapter, threads } = options;
  const asked = await readTaskQuestions(options.tasks, resolve(options.data), options.limit);
  // Before a model is loaded for nothing.
  const lock = options.results === undefined ? undefined : lockEvaluation(resolve(options.results));
  try {
    const opened = await openModel(model, { adapterPath: adapter, threads });
    try {
      return await evaluateOpened(opened, model, asked, options);
    } finally {
      await opened.engine.dispose();
    }
  } finally {
    lock?.release();
  }
}

async function evaluateOpened(
  opened: OpenedModel,
  model: string,
  asked: readonly TaskQuestions[],
  options: EvaluateOptions,
): Promise<Outcome> {
  const progress = options.progress === 'json' ? openProgressRecords() : openProgress();
  try {
    const fingerprint = await fingerprintOf(opened);
    const results = options.results
      ? resolve(options.results)
      : resultsFolder(model, options, fingerprint);
    if (options.results !== undefined) describeEvaluation(results, opened);
    const tasks = asked.map((one) => ({ ...one, file: join(results, `${one.task.name}.jsonl`) }));
    const identity = await checkpointIdentity(opened);
    const evaluated = evaluatedModel(opened, identity ?? fingerprint);
    const scores: TaskResult[] = [];
    for (const one of tasks) scores.push(await ask(one, evaluated, options.batchSize, progress));
    if (options.output !== undefined) writePredictions(resolve(options.output), tasks);
    return { json: { tasks: scores, results }, text: scoreTable(scores, results) };
  } finally {
    progress.end();
  }
}

async function fingerprintOf({ folder, adapter }: OpenedModel): Promise<string> {
  const base = await fingerprintModel(folder);
  if (adapter === undefined) return base;
  const files = [configFile, tensorFile].map((name) => join(adapter.path, name));
  return `${base}+${await fingerprintFiles(files)}`;
}

/** A folder for each model and adapter, so that predictions of two never mix. */
function resultsFolder(
  model: string,
  { adapter, output }: EvaluateOptions,
  fingerprint: string,
): string {
  const place = output === undefined ? process.cwd() : dirname(resolve(output));
  const names = adapter === undefined ? [model] : [model, adapter];
  const [base = '', own = ''] = fingerprint.split('+');
  const hash = base.slice(0, 8) + own.slice(0, 8);
  const parts = [...names.map((name) => basename(resolve(name))), hash];
  return join(place, 'results', parts.join('-'));
}

function evaluatedModel(opened: OpenedModel, fingerprint: string): EvaluatedModel {
  const { tokenizer, endTokens } = opened.tokenizer;
  return {
    generator: generatorOf(opened.engine),
    tokenizer,
    endTokens,
    contextLength: opened.folder.config.contextLength,
    fingerprint,
  };
}

async function ask(
  { task, questions, file }: AskedTask,
  model: EvaluatedModel,
  batchSize: number,
  progress: Progress,
): Promise<TaskResult> {
  const startMs = performance.now();
  let first: number | undefined;
  const result = await evaluateTask(task, questions, model, {
    file,
    batchSize,
    onProgress: ({ done, questions: total, correct }) => {
      // Questions answered by an earlier evaluation took no time of this one.
      first ??= done;
      const seconds = (performance.now() - startMs) / 1000;
      const left = done === first ? undefined : (seconds * (total - done)) / (done - first);
      progress.update(task.name, { done, total }, [
        ...(done === 0 ? [] : [`${percent(correct / done)} correct`]),
        ...(left === undefined ? [] : [`${duration(left)} left`]),
      ]);
    },
  });
  if (result.beyondContext > 0) {
    const count = `${result.beyondContext} of ${result.n} questions`;
    progress.note(`${task.name}: ${count} are longer than the model's context`);
  }
  return result;
}

/** All tasks in one file, in the order of the questions. */
function writePredictions(output: string, tasks: AskedTask[]): void {
  const lines = tasks.flatMap(({ task, questions, file }) => {
    const last = new Map(readPredictions(file).map((one) => [one.index, one]));
    return questions.flatMap(({ index }) => {
      const prediction = last.get(index);
      return prediction ? [`${JSON.stringify({ task: task.name, ...prediction })}\n`] : [];
    });
  });
  writeAtomically(output, lines.join(''));
}

function scoreTable(scores: TaskResult[], results: string): string {
  const rows = scores.map(({ task, n, correct, accuracy, interval, seconds }) => [
    task,
    String(n),
    String(correct),
    percent(accuracy),
    `${percent(interval.low)} to ${percent(interval.high)}`,
    duration(seconds),
  ]);
  const head = ['task', 'n', 'correct', 'accuracy', '95 % interval', 'time'];
  return `${table(head, rows)}\nPredictions: ${results}`;
}
