// What each tool does: reads runs from their folders, or starts some. Answers are Markdown for the model; a call
// that cannot work throws a sentence, which the model gets as well.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { readEvents } from '../../runs/eventReader';
import { findExperiments } from '../experiments';
import type { RunView } from '../runModel';
import type { Services } from '../services';
import { checkRuns, startRuns } from '../startRuns';
import { accuraciesReport } from './accuracyReport';
import { chooseRuns, nothingFound } from './chosenRuns';
import { listRunsReport } from './runListing';
import { summarizeRun } from './runSummary';
import { slopesReport } from './slopeReport';
import { fitToBudget } from './tokenBudget';
import {
  readAccuracyQuery,
  readRunQuery,
  readSlopeQuery,
  readTrainingRequest,
  type RunQuery,
} from './toolInput';
import { confirmationOf, uselessOverride, type TrainingPlan } from './trainingPlan';

const { l10n } = vscode;
/** Reading events of more would take long, and nobody reads so many. */
const largestRead = 40;
const largestSummarized = 5;
/** Their intervals take a while. */
const largestFitted = 12;

type Tool = Required<vscode.LanguageModelTool<unknown>>;

export interface LanguageTools {
  listRuns: Tool;
  summarizeRun: Tool;
  readSlopes: Tool;
  readAccuracies: Tool;
  startTraining: Tool;
}

export function languageTools(services: Services): LanguageTools {
  return {
    listRuns: reader(l10n.t('Listing runs'), async (input) =>
      listRunsReport(await knownRuns(services), readRunQuery(input)),
    ),
    summarizeRun: reader(l10n.t('Reading a run'), async (input) => {
      const query = readRunQuery(input);
      return withRuns(services, query, largestSummarized, async (runs) => {
        const summaries = runs.map(async (view) => {
          const details = await services.store.details(view.folder);
          return summarizeRun({ view, events: await readEvents(view.folder), details });
        });
        return (await Promise.all(summaries)).join('\n\n');
      });
    }),
    readSlopes: reader(l10n.t('Reading slopes'), (input) => {
      const query = readSlopeQuery(input);
      return withRuns(services, query, largestFitted, async (runs) =>
        slopesReport(await withEvents(runs), query.modules),
      );
    }),
    readAccuracies: reader(l10n.t('Reading accuracies'), (input) => {
      const query = readAccuracyQuery(input);
      return withRuns(services, query, largestRead, async (runs) =>
        accuraciesReport(await withEvents(runs), query.tasks),
      );
    }),
    startTraining: startTraining(services),
  };
}

function reader(invocationMessage: string, read: (input: unknown) => Promise<string>): Tool {
  return {
    prepareInvocation: () => ({ invocationMessage }),
    invoke: async ({ input, tokenizationOptions }) =>
      textResult(await fitToBudget(await read(input), tokenizationOptions)),
  };
}

function startTraining(services: Services): Tool {
  return {
    // Throws what cannot be started, so that nobody confirms it.
    prepareInvocation: async ({ input }) => {
      const plan = await makePlan(services, input);
      const { title, message } = confirmationOf(plan, l10n.t);
      return {
        invocationMessage: l10n.t('Starting {0}', basename(plan.file)),
        confirmationMessages: { title, message: new vscode.MarkdownString(message) },
      };
    },
    invoke: async ({ input }) => {
      const plan = await makePlan(services, input);
      const started = await startRuns(services, vscode.Uri.file(plan.file), plan.overrides);
      if (!Array.isArray(started)) throw new Error(started.message);
      const [first] = started;
      if (first !== undefined) await services.tree.reveal(first);
      const lines = started.map((folder) => `- ${basename(folder)} (${folder})`);
      return textResult(
        [
          `Started ${started.length} of ${plan.name}; they train one after another:`,
          ...lines,
          'adapterLab_listRuns tells how they go.',
        ].join('\n'),
      );
    },
  };
}

async function makePlan(services: Services, input: unknown): Promise<TrainingPlan> {
  if (!vscode.workspace.isTrusted) throw new Error(l10n.t('Training needs a trusted workspace.'));
  const { experiment, overrides } = readTrainingRequest(input);
  const found = await findExperiments();
  const wanted = found.filter(
    ({ fsPath }) => experiment === undefined || isNamed(fsPath, experiment),
  );
  const [only] = wanted;
  if (only === undefined || wanted.length > 1) {
    const names = (wanted.length > 1 ? wanted : found).map((uri) =>
      vscode.workspace.asRelativePath(uri),
    );
    const problem = only === undefined ? 'There is no such experiment' : 'Several experiments fit';
    throw new Error(`${problem}. Experiment files: ${names.join(', ') || 'none'}.`);
  }
  const name = basename(only.fsPath, '.experiment.json');
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === only.fsPath);
  if (open?.isDirty === true) await open.save();
  const checked = await checkRuns(services, only, overrides);
  if (!Array.isArray(checked)) throw new Error(checked.message);
  const plan = { name, file: only.fsPath, runs: checked, overrides };
  const useless = uselessOverride(plan);
  if (useless !== undefined) throw new Error(useless);
  return plan;
}

/** By its name, its file's name or the end of its path. */
function isNamed(file: string, wanted: string): boolean {
  const path = file.replace(/\\/g, '/');
  const end = wanted.replace(/\\/g, '/').replace(/^\.?\//, '');
  const isFile = path === wanted || path.endsWith(`/${end}`);
  return isFile || basename(file, '.experiment.json').toLowerCase() === wanted.toLowerCase();
}

async function knownRuns({ store, discover }: Services): Promise<readonly RunView[]> {
  await discover();
  return store.views;
}

async function withRuns(
  services: Services,
  query: RunQuery,
  largest: number,
  report: (runs: RunView[]) => Promise<string>,
): Promise<string> {
  const all = await knownRuns(services);
  const chosen = chooseRuns(all, query);
  if (chosen.runs.length === 0) return nothingFound(all, chosen);
  const limit = Math.min(query.limit ?? largest, largest);
  const text = await report(chosen.runs.slice(0, limit));
  const notes = [
    ...(chosen.runs.length > limit
      ? [
          `(The newest ${limit} of ${chosen.runs.length} runs; narrow by experiment, method or ids.)`,
        ]
      : []),
    ...(chosen.unknown.length > 0 ? [`(No run is called ${chosen.unknown.join(', ')}.)`] : []),
  ];
  return [text, ...notes].join('\n\n');
}

function withEvents(runs: readonly RunView[]) {
  return Promise.all(runs.map(async (view) => ({ view, events: await readEvents(view.folder) })));
}

function textResult(text: string): vscode.LanguageModelToolResult {
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
}
