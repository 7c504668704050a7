// adapter-lab evaluate: accuracy by task, every prediction kept. An evaluation that was stopped goes on where it
// was when it is asked again of the same model.
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { fingerprintFiles } from '../data/fingerprint';
import { alikeAnswersText } from '../evaluation/alikeAnswers';
import { beyondContextText } from '../evaluation/beyondContext';
import { evaluateTask, type EvaluatedModel } from '../evaluation/evaluate';
import { conversationsOf } from '../evaluation/judge/conversations';
import { readTaskQuestions, type TaskQuestions } from '../evaluation/taskQuestions';
import { UnreadAnswers } from '../evaluation/unreadAnswers';
import { fingerprintModel } from '../model/fingerprint';
import { adapterFiles } from '../runs/adapterFolder';
import { lockEvaluation } from '../runs/evaluationLock';
import { judgedFile } from '../runs/judgedResults';
import { Failure } from '../shared/failures';
import { questionsAtATime } from '../trainer/evaluateRun';
import { openModel, type OpenedModel } from '../trainer/openModel';
import { quantizationName } from '../trainer/quantized/quantizationName';
import { checkpointIdentity, describeEvaluation, trainedTemplateOf } from './evaluated';
import { evaluationSubject, type EvaluationSubject } from './evaluationSubject';
import { EvaluationTold } from './evaluationTold';
import {
  addEngineOptions,
  commaList,
  openingOptions,
  progressOption,
  wholeNumber,
  type EngineWish,
} from './arguments';
import {
  addJudgeOptions,
  judgeHelp,
  openJudge,
  type JudgeOptions,
  type OpenedJudge,
} from './judgeOptions';
import { judgeTask, notJudged } from './judging';
import { tell, type Outcome, type OutputOptions } from './output';
import { openProgressAs, type Progress, type ProgressKind } from './progress';
import { scoreTables, writePredictions, type ToldResult } from './scoreTables';

interface EvaluateOptions extends OutputOptions, JudgeOptions, EngineWish {
  adapter?: string;
  tasks?: string[];
  data?: string;
  limit?: number;
  output?: string;
  results?: string;
  replace?: boolean;
  judgeLater?: boolean;
  progress: ProgressKind;
  batchSize: number;
}

export function addEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .description('measure a model on tasks, and keep every prediction')
    .argument('<model>', 'Hugging Face model folder, PEFT adapter, run, or checkpoint of a run')
    .option('--tasks <a,b>', "names of tasks; a run's own when left out", commaList('--tasks'))
    .option('--data <dir>', "folder that holds a folder for each task; a run's own when left out")
    .option('--adapter <folder>', 'PEFT adapter to put on the model')
    .option('--limit <n>', 'only the first so many questions; 0 is all', wholeNumber('--limit', 0))
    .option('--output <file.jsonl>', 'file for all predictions, one line a question')
    .option('--results <dir>', 'folder for a file of predictions a task, and evaluation.json')
    .option('--replace', 'set answers of another model, or to other questions, aside')
    .option(...progressOption)
    .option(
      '--batch-size <n>',
      'questions in work at a time',
      wholeNumber('--batch-size', 1),
      questionsAtATime,
    );
  addJudgeOptions(addEngineOptions(command))
    .option('--judge-later', 'keep answers that need a judge; see adapter-lab judge')
    .option('--json', 'print {tasks: [{task, protocol, n, correct, accuracy, ...}], results}')
    .addHelpText(
      'after',
      `
Known tasks: boolq, piqa, social_i_qa, hellaswag, winogrande, ARC-Easy, ARC-Challenge, openbookqa (the paper's
prompt, 4 beams, 32 new tokens); gsm8k, AddSub, MultiArith, SingleEq, SVAMP, AQuA, orca-math; multiple choice by
log-likelihood as NAME.choice and NAME.choice-norm; mt_bench, whose answers a judge grades from 1 to 10 (put its
question.jsonl into the data's mt_bench); and every folder of the data with a task.json.
${judgeHelp}
A checkpoint of a run keeps its answers with the run's own, any other model in ./results; --results names another
folder. Stopped or killed, the same command goes on: no question is asked twice.

Examples:
  adapter-lab evaluate runs/ID
  adapter-lab evaluate runs/ID/checkpoints/step-000200 --tasks boolq,piqa --limit 200
  adapter-lab evaluate models/smollm2 --tasks boolq,ARC-Easy.choice --data data
  adapter-lab evaluate models/smollm2 --adapter adapters/boolq --tasks boolq --data data \\
      --output predictions.jsonl --json
  adapter-lab evaluate runs/ID --tasks mt_bench --judge http://localhost:8000/v1 --judge-model my-judge
`,
    )
    .action(async (model: string, options: EvaluateOptions) => {
      await tell(options, () => evaluate(model, options));
    });
}

async function evaluate(path: string, options: EvaluateOptions): Promise<Outcome> {
  const subject = evaluationSubject(path, options.adapter);
  const tasks = named('--tasks', options.tasks ?? nonEmpty(subject.run?.tasks));
  const data = named('--data', options.data ?? subject.run?.data);
  const limit = options.limit ?? subject.run?.limit ?? 0;
  const asked = await readTaskQuestions(tasks, resolve(data), limit);
  const judge = judgeFor(asked, options);
  // A run's own results are of the base that it was trained on.
  const isOwn = options.output === undefined && options.quantize === undefined;
  const results = options.results ?? (isOwn ? subject.run?.results : undefined);
  // Before a model is loaded for nothing.
  const lock = results === undefined ? undefined : lockEvaluation(resolve(results));
  try {
    const { model, adapter } = subject;
    const opened = await openModel(model, { adapterPath: adapter, ...openingOptions(options) });
    try {
      return await evaluateOpened({ opened, subject, asked, judge }, { ...options, results });
    } finally {
      await opened.engine.dispose();
    }
  } finally {
    lock?.release();
    judge?.close();
  }
}

/** A judge is named, or said to come later, before anything is answered. */
function judgeFor(
  asked: readonly TaskQuestions[],
  options: EvaluateOptions,
): OpenedJudge | undefined {
  const judged = asked.find(({ protocol }) => protocol === 'judged');
  if (judged === undefined || options.judgeLater === true) return undefined;
  const judge = openJudge(options);
  if (judge === undefined) throw new Failure('judge-missing', { task: judged.task.name });
  return judge;
}

function named<Value>(option: string, value: Value | undefined): Value {
  if (value !== undefined) return value;
  throw new Failure('command-invalid', { problem: `${option} must be given for a model` });
}

function nonEmpty(tasks: string[] | undefined): string[] | undefined {
  return tasks === undefined || tasks.length === 0 ? undefined : tasks;
}

interface Evaluation {
  opened: OpenedModel;
  subject: EvaluationSubject;
  asked: TaskQuestions[];
  judge: OpenedJudge | undefined;
}

async function evaluateOpened(
  { opened, subject, asked, judge }: Evaluation,
  options: EvaluateOptions,
): Promise<Outcome> {
  const progress = openProgressAs(options.progress);
  try {
    const fingerprint = await fingerprintOf(opened);
    const results = options.results
      ? resolve(options.results)
      : resultsFolder(subject, options, fingerprint);
    if (options.results !== undefined) describeEvaluation(results, opened);
    const identity = await checkpointIdentity(opened);
    const evaluated = evaluatedModel(opened, identity ?? fingerprint);
    const scores: ToldResult[] = [];
    const problems: string[] = [];
    for (const one of asked) {
      const told = { options: { ...options, results }, progress, judge };
      const { result, problem } = await ask(one, evaluated, told);
      scores.push(result);
      if (problem !== undefined) problems.push(problem);
    }
    if (options.output !== undefined) writePredictions(resolve(options.output), asked, results);
    for (const problem of problems) progress.note(problem);
    const [problem] = problems;
    return {
      json: { tasks: scores, results, ...(problem !== undefined && { problem }) },
      text: scoreTables(scores, results),
      isFailed: problem !== undefined,
    };
  } finally {
    progress.end();
  }
}

async function fingerprintOf({ folder, adapter }: OpenedModel): Promise<string> {
  const { quantization } = folder;
  const bits = quantization === undefined ? '' : `@${quantizationName(quantization)}`;
  const base = (await fingerprintModel(folder)) + bits;
  if (adapter === undefined) return base;
  const { config, tensors } = adapterFiles(adapter.path);
  return `${base}+${await fingerprintFiles([config, tensors])}`;
}

/** A folder for each model and adapter, so that predictions of two never mix. */
function resultsFolder(
  { model, adapter }: EvaluationSubject,
  { output }: EvaluateOptions,
  fingerprint: string,
): string {
  const place = output === undefined ? process.cwd() : dirname(resolve(output));
  const names = adapter === undefined ? [model] : [model, adapter];
  const [base = '', own = ''] = fingerprint.split('+');
  const [, bits] = base.split('@');
  const hash = base.slice(0, 8) + own.slice(0, 8) + (bits === undefined ? '' : `-${bits}`);
  const parts = [...names.map((name) => basename(resolve(name))), hash];
  return join(place, 'results', parts.join('-'));
}

function evaluatedModel(opened: OpenedModel, fingerprint: string): EvaluatedModel {
  const { tokenizer, endTokens } = opened.tokenizer;
  const { config, path: folder } = opened.folder;
  const conversations = conversationsOf({ folder, tokenizer, trained: trainedTemplateOf(opened) });
  return {
    ...{ generator: opened.engine, tokenizer, endTokens, fingerprint, conversations },
    contextLength: config.contextLength,
  };
}

interface Telling {
  options: EvaluateOptions & { results: string };
  progress: Progress;
  judge: OpenedJudge | undefined;
}

async function ask(
  asked: TaskQuestions,
  model: EvaluatedModel,
  { options, progress, judge }: Telling,
): Promise<{ result: ToldResult; problem?: string }> {
  const { results, batchSize, replace } = options;
  const { name } = asked.task;
  const share = new EvaluationTold(name, progress);
  const unread = asked.protocol === 'generation' ? new UnreadAnswers(asked.task) : undefined;
  const result = await evaluateTask(asked, model, {
    file: join(results, `${name}.jsonl`),
    atOnce: batchSize,
    ...(replace !== undefined && { replace }),
    onProgress: (now) => {
      share.tell(now);
      const warning = unread?.see(now);
      if (warning !== undefined) progress.note(warning);
    },
    onNote: (note) => {
      progress.note(`${name}: ${note}`);
    },
  });
  for (const warning of [beyondContextText(result), alikeAnswersText(result)])
    if (warning !== undefined) progress.note(warning);
  if (result.protocol !== 'judged') return { result };
  const { answers, seconds, beyondContext } = result;
  const { judgements } = judgedFile(results, name);
  const told =
    judge === undefined
      ? { result: notJudged(name, answers) }
      : await judgeTask(judge, { task: name, answers, judgements }, { progress });
  const all = { ...told.result, seconds: seconds + told.result.seconds, beyondContext };
  return { ...told, result: all };
}
