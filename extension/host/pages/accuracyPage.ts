// The accuracy tables: of all runs and evaluations of the workspace, or of the runs that were chosen.
import { join } from 'node:path';
import * as vscode from 'vscode';
import { pairResults } from '../../runs/pairedResults';
import { ResultsReader } from '../../runs/results';
import { checkpointName } from '../../runs/checkpoints';
import { readEvaluation } from '../../runs/evaluations';
import { runPaths } from '../../runs/runPaths';
import type {
  AccuracyPageEvents,
  AccuracyPageMethods,
  AccuracyPageState,
  AccuracyRow,
} from '../../shared/pages/accuracyPage';
import type { ModelSource } from '../../shared/playground';
import type { Snapshot } from '../../shared/rpc';
import type { TaskPair } from '../../shared/statistics/compared';
import { AccuracyFeed } from '../accuracy/accuracyFeed';
import { accuracySource, firstLook } from '../accuracy/accuracySource';
import { JudgedFeed } from '../figures/judgedFeed';
import { PredictionPages } from '../accuracy/predictionPages';
import { runLabel, type RunView } from '../runModel';
import type { PageDefinition } from './page';

export interface AccuracyPageArguments {
  /** Run folders; all runs and evaluations when left out. */
  folders?: string[];
}

export const accuracyPage: PageDefinition<
  AccuracyPageArguments,
  AccuracyPageMethods,
  AccuracyPageEvents
> = {
  kind: 'accuracy',
  title: 'Accuracy',
  icon: 'accuracy',
  open: ({ folders }, port, services) => {
    const { events } = port;
    const results = new ResultsReader();
    const predictions = new PredictionPages(results);
    const source = accuracySource(services, results, folders);
    const feed = new AccuracyFeed(source, (news) => {
      events.send('rowsChanged', news);
    });
    const judged = new JudgedFeed(source, (scored) => {
      events.send('scoresChanged', scored);
    });
    if (folders !== undefined) {
      const [only] = folders;
      const text = vscode.l10n.t('Accuracy · {0} runs', folders.length);
      const one = only === undefined ? undefined : services.store.find(only);
      port.setTitle(folders.length === 1 && one ? titleOf(one) : text);
    }
    let reading: Promise<void> | undefined;
    let isReading = true;
    const readState = async (): Promise<Snapshot<AccuracyPageState>> => {
      await services.discover();
      reading ??= Promise.all([feed.start(), judged.start()]).then(() => {
        isReading = false;
        events.send('scoresChanged', judged.rows);
        events.send('readingEnded', null);
      });
      await firstLook(reading);
      const { rows, unevaluatedRuns } = feed;
      const { isTrusted } = vscode.workspace;
      const scored = judged.rows;
      return events.snapshot({ rows, scored, unevaluatedRuns, isReading, mayEvaluate: isTrusted });
    };
    const find = (id: string): AccuracyRow => {
      const row = feed.rows.find((one) => one.id === id);
      if (row === undefined) throw new Error(vscode.l10n.t('{0} is no longer there.', id));
      return row;
    };
    return {
      handlers: {
        readState,
        compare: async (firstId, secondId) => {
          const [first, second] = [find(firstId), find(secondId)];
          const pairs: TaskPair[] = [];
          for (const task of sharedTasks(first, second)) {
            const files = { first: fileOf(first, task), second: fileOf(second, task) };
            pairs.push(await pairResults(results, task, files));
          }
          return pairs;
        },
        tryInPlayground: (prompt, rowIds) => {
          const models = rowIds.flatMap((id) => modelsOf(find(id)));
          void vscode.commands.executeCommand('adapterLab.tryInPlayground', models, { prompt });
        },
        readPredictions: ({ rowId, task, otherId, filter, text }, from, count) => {
          const otherFile = otherId === undefined ? undefined : fileOf(find(otherId), task);
          const query = { file: fileOf(find(rowId), task), otherFile, filter, text };
          return predictions.read(query, from, count);
        },
      },
      dispose: () => {
        feed.dispose();
        judged.dispose();
      },
    };
  },
};

function titleOf({ tags, run }: RunView): string {
  return vscode.l10n.t('Accuracy · {0}', tags.name ?? runLabel(run));
}

/** Folder of the checkpoint, or the model that was evaluated. */
function modelsOf({ kind, folder, step }: AccuracyRow): (string | ModelSource)[] {
  if (kind === 'run') {
    return [step === null ? folder : join(runPaths(folder).checkpoints, checkpointName(step))];
  }
  const evaluation = readEvaluation(folder);
  if (evaluation === undefined) return [];
  const { model, adapter } = evaluation;
  return [{ model, ...(adapter !== null && { adapter }) }];
}

/** Only tasks that the row has: a page cannot ask for any other file. */
function fileOf({ id, figures }: AccuracyRow, task: string): string {
  if (figures.some((figure) => figure.task === task && figure.hasPredictions)) {
    return join(id, `${task}.jsonl`);
  }
  throw new Error(vscode.l10n.t('The predictions of {0} are not there any more.', task));
}

function sharedTasks(first: AccuracyRow, second: AccuracyRow): string[] {
  const own = (row: AccuracyRow): string[] =>
    row.figures.filter(({ hasPredictions }) => hasPredictions).map(({ task }) => task);
  const others = own(second);
  return own(first).filter((task) => others.includes(task));
}
