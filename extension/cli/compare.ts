// adapter-lab compare: two evaluated models on the questions that both were asked, in words.
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readEvaluation } from '../runs/evaluations';
import { pairResults } from '../runs/pairedResults';
import { ResultsReader, type ResultsFolder } from '../runs/results';
import { readRun } from '../runs/runFolder';
import {
  comparisonMethod,
  comparisonSentence,
  isSignificant,
  probabilityText,
} from '../shared/comparisonText';
import { Failure } from '../shared/failures';
import { compareTasks, type Compared, type TaskPair } from '../shared/statistics/compared';
import { holm } from '../shared/statistics/holm';
import { untranslated } from '../shared/translate';
import { commaList } from './arguments';
import { tell, type Outcome, type OutputOptions } from './output';
import { labelOf } from './runQueue';
import { table } from './wording';

interface CompareOptions extends OutputOptions {
  tasks?: string[];
}

interface Evaluated extends ResultsFolder {
  name: string;
}

export function addCompare(program: Command): void {
  program
    .command('compare')
    .description('tell how far two evaluated models are apart, and how sure that is')
    .argument('<first>', 'run folder, or a folder of results')
    .argument('<second>', 'the one it is compared with')
    .option('--tasks <a,b>', 'only these tasks', commaList('--tasks'))
    .option('--json', 'print {first, second, comparisons: [{task, n, difference, interval, ...}]}')
    .addHelpText(
      'after',
      `
Of a run the end is compared, or its last evaluated checkpoint; name runs/ID/results/step-000100 for another one.
Questions count that both were asked, with the same prompt. Tests: McNemar's exact one by task; of the average over
the tasks of a group an exchange of the two's answers at random. Two tasks or more are corrected after Holm.

Examples:
  adapter-lab compare runs/DORA runs/LORA
  adapter-lab compare runs/DORA evaluations/base --tasks boolq,piqa --json
`,
    )
    .action(async (first: string, second: string, options: CompareOptions) => {
      await tell(options, () => compare(resolve(first), resolve(second), options.tasks));
    });
}

async function compare(
  firstFolder: string,
  secondFolder: string,
  tasks: string[] | undefined,
): Promise<Outcome> {
  const results = new ResultsReader();
  const first = await findEvaluated(results, firstFolder);
  const second = await findEvaluated(results, secondFolder);
  const pairs: TaskPair[] = [];
  for (const task of sharedTasks(first, second, tasks)) {
    const file = `${task}.jsonl`;
    const files = { first: join(first.folder, file), second: join(second.folder, file) };
    pairs.push(await pairResults(results, task, files));
  }
  const compared = compareTasks(pairs);
  if (compared.length === 0) {
    throw new Failure('nothing-to-compare', { first: first.folder, second: second.folder, tasks });
  }
  return show(first, second, compared);
}

/** The end of a run, else its last checkpoint that has results; or the folder itself. */
async function findEvaluated(results: ResultsReader, folder: string): Promise<Evaluated> {
  const run = readRun(folder);
  if (run === undefined) {
    const found = await results.readFolder(folder);
    if (found.tasks.length === 0) throw new Failure('results-missing', { folder });
    return { ...found, name: readEvaluation(folder)?.name ?? basename(folder) };
  }
  const found = await results.readRun(folder);
  const last = found.find(({ step }) => step === undefined) ?? found.at(-1);
  if (last === undefined) throw new Failure('results-missing', { folder });
  const step = last.step === undefined ? '' : `, step ${last.step}`;
  return { ...last, name: `${labelOf(run)}${step}` };
}

function sharedTasks(first: Evaluated, second: Evaluated, wanted: string[] | undefined): string[] {
  const others = second.tasks.map(({ task }) => task);
  return first.tasks
    .map(({ task }) => task)
    .filter((task) => others.includes(task) && (wanted?.includes(task) ?? true));
}

function show(first: Evaluated, second: Evaluated, compared: readonly Compared[]): Outcome {
  const corrected = holm(compared.map(({ pValue }) => pValue));
  const comparisons = compared.length;
  const described = compared.map((one, i) => {
    const correctedP = corrected[i] ?? 1;
    const { task, group, n, difference, interval, pValue, basis } = one;
    return {
      ...{
        task: task === '' ? null : task,
        group: group === '' ? null : group,
        n,
        difference,
        interval,
        pValue,
        correctedP,
      },
      isSignificant: isSignificant(correctedP),
      ...(basis.kind === 'questions' && {
        ...{ onlyFirst: basis.onlyFirst, onlySecond: basis.onlySecond },
        ...{ unpaired: basis.unpaired, bootstrap: basis.bootstrap },
      }),
      sentence: comparisonSentence(one, untranslated),
      method: comparisonMethod(one, untranslated, { pValue: correctedP, comparisons }),
    };
  });
  const rows = described.map(({ task, group, sentence, correctedP, isSignificant: isMarked }) => [
    task ?? (group === null ? 'average' : `average, ${group}`),
    sentence,
    `${probabilityText(correctedP)}${isMarked ? ' *' : ''}`,
  ]);
  const note =
    comparisons === 1
      ? '* p below 0.05.'
      : `* p below 0.05; ${comparisons} comparisons, corrected after Holm.`;
  return {
    json: { first: placeOf(first), second: placeOf(second), comparisons: described },
    text: [
      `${first.name} against ${second.name}`,
      table(['task', 'difference', 'p'], rows),
      note,
    ].join('\n'),
  };
}

function placeOf({ name, folder }: Evaluated): { name: string; results: string } {
  return { name, results: folder };
}
