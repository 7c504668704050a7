// adapter-lab judge: grades the answers of an earlier evaluation, by any judge. What a judge has graded is not asked
// again.
import type { Command } from 'commander';
import { lockEvaluation } from '../runs/evaluationLock';
import { findJudgedFiles, readJudged, type JudgedFile } from '../runs/judgedResults';
import { Failure } from '../shared/failures';
import { commaList, progressOption } from './arguments';
import {
  addJudgeOptions,
  judgeHelp,
  openJudge,
  type JudgeOptions,
  type OpenedJudge,
} from './judgeOptions';
import { judgedTable } from './judgedTable';
import { judgeTask, type JudgedResult } from './judging';
import { tell, type Outcome, type OutputOptions } from './output';
import { openProgressAs, type Progress, type ProgressKind } from './progress';

interface JudgeCommandOptions extends OutputOptions, JudgeOptions {
  tasks?: string[];
  again?: boolean;
  progress: ProgressKind;
}

export function addJudge(program: Command): void {
  const command = program
    .command('judge')
    .description('have the answers of judged tasks graded from 1 to 10')
    .argument('<results>', 'a run, a folder of results, or a file of answers in it');
  addJudgeOptions(command)
    .option('--tasks <a,b>', 'only these', commaList('--tasks'))
    .option('--again', 'ask again about answers that were kept as not judged')
    .option(...progressOption)
    .option(
      '--json',
      'print {judge, tasks: [{task, file, n, judged, notJudged, score, turns, ...}]}',
    )
    .addHelpText(
      'after',
      `${judgeHelp}
Examples:
  adapter-lab judge runs/ID --judge http://localhost:8000/v1 --judge-model my-judge
  adapter-lab judge results/smollm2-1a2b3c4d --judge https://api.openai.com/v1 --judge-model gpt-4o
`,
    )
    .action(async (place: string, options: JudgeCommandOptions) => {
      await tell(options, () => judge(place, options));
    });
}

async function judge(place: string, options: JudgeCommandOptions): Promise<Outcome> {
  const files = findJudgedFiles(place).filter(
    ({ task }) => options.tasks === undefined || options.tasks.includes(task),
  );
  if (files.length === 0) throw new Failure('answers-missing', { place });
  const opened = openJudge(options);
  if (opened === undefined) throw new Failure('judge-missing', { task: files[0]?.task ?? '' });
  const progress = openProgressAs(options.progress);
  try {
    const results: (JudgedResult & { file: string })[] = [];
    let problem: string | undefined;
    for (const file of files) {
      const one = await judgeFile(file, opened, { again: options.again ?? false, progress });
      results.push(one.result);
      problem = one.problem;
      // The next file's answers would only wait for the same judge.
      if (problem !== undefined) break;
    }
    if (problem !== undefined) progress.note(problem);
    return {
      json: { judge: opened.judge.name, tasks: results, ...(problem !== undefined && { problem }) },
      text: judgedTable(results),
      isFailed: problem !== undefined,
    };
  } finally {
    progress.end();
    opened.close();
  }
}

async function judgeFile(
  file: JudgedFile,
  opened: OpenedJudge,
  options: { again: boolean; progress: Progress },
): Promise<{ result: JudgedResult & { file: string }; problem?: string }> {
  const lock = lockEvaluation(file.folder);
  try {
    const { answers } = readJudged(file);
    const { result, problem } = await judgeTask(opened, { ...file, answers }, options);
    return { result: { ...result, file: file.answers }, ...(problem !== undefined && { problem }) };
  } finally {
    lock.release();
  }
}
