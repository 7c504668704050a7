// From what is on the disk to rows of the accuracy tables. Free of VS Code.
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { FigureEvent } from '../../runs/eventReader';
import type { ResultsFolder, TaskTally, TextTally } from '../../runs/results';
import { checkpointName } from '../../runs/checkpoints';
import { runPaths } from '../../runs/runPaths';
import type { EvaluationFile } from '../../shared/evaluationFile';
import type { AccuracyRow, Figure, RowSeed, TextFigure } from '../../shared/pages/accuracyPage';
import type { RunFile } from '../../shared/run';
import { addedValues, trainablePercent } from '../../shared/trainableShare';
import { methodName, runLabel } from '../../shared/runWords';
import type { RunView } from '../runModel';

/** A row for each step that was evaluated. What results files hold counts before what events tell of them. */
export function runRows(
  view: RunView,
  results: readonly ResultsFolder[],
  events: readonly FigureEvent[],
): AccuracyRow[] {
  const places = new Map(results.map((one) => [one.folder, one]));
  for (const { step } of events) {
    const folder = resultsPlace(view, step);
    if (!places.has(folder))
      places.set(folder, { folder, step, tasks: [], texts: [], isLocked: false });
  }
  return [...places.values()].map((place) => {
    const told = events.filter(({ step }) => resultsPlace(view, step) === place.folder);
    const isEnd = place.folder === runPaths(view.folder).results;
    return {
      ...describeRun(view),
      id: place.folder,
      step: isEnd ? endOf(view) : (place.step ?? told[0]?.step ?? null),
      isEnd,
      isEvaluating: place.isLocked,
      figures: inOrder(figuresOf(place.tasks, told), view.run.settings.evaluation.tasks),
      texts: textsOf(place.texts, told),
    };
  });
}

/** Of a folder of its own: a model or an adapter that is no checkpoint of a run. */
export function modelRow(
  file: EvaluationFile,
  { folder, tasks, texts, isLocked }: ResultsFolder,
): AccuracyRow {
  const { method, parameters, trainable } = file;
  return {
    ...{ id: folder, kind: 'model', folder, experiment: '', experimentFile: '' },
    name: file.name,
    method: method === 'base' ? '' : methodName(method),
    model: basename(file.model),
    created: file.created,
    seed: null,
    step: null,
    isEnd: true,
    trainablePercent: trainable === null ? null : percentOf({ method, trainable, parameters }),
    isEvaluating: isLocked,
    figures: figuresOf(tasks, []),
    texts: textsOf(texts, []),
  };
}

/** Where the answers of a step are: those of the end in results/ itself. */
export function resultsPlace(view: RunView, step: number): string {
  const { results } = runPaths(view.folder);
  return step === endOf(view) ? results : join(results, checkpointName(step));
}

function endOf({ status }: RunView): number | null {
  return status.steps === 0 ? null : status.steps;
}

function describeRun(view: RunView) {
  const { run, folder, tags } = view;
  const { method, model } = run.settings;
  const { trainable, added, parameters } = run;
  const isCounted = trainable !== undefined && parameters !== undefined;
  return {
    kind: 'run' as const,
    folder,
    experiment: run.experiment,
    experimentFile: run.experimentFile,
    name: tags.name ?? runLabel(run),
    method: methodName(method),
    model: basename(model),
    created: run.created,
    seed: seedOf(run),
    trainablePercent: isCounted ? percentOf({ method, trainable, added, parameters }) : null,
  };
}

function percentOf(file: {
  method: string;
  trainable: number;
  added?: number | undefined;
  parameters: number;
}): number {
  const { method, trainable, added, parameters } = file;
  return trainablePercent({ trainable, added: addedValues(method, trainable, added), parameters });
}

/** Settings and files are compared but for the seed; where the run's folder is plays no part. */
function seedOf(run: RunFile): RowSeed {
  const { training, ...settings } = run.settings;
  const { seed, ...others } = training;
  const files = [...run.model, ...run.data].map(({ sha256 }) => sha256);
  const group = createHash('sha256')
    .update(JSON.stringify([files, settings, others]))
    .digest('hex')
    .slice(0, 16);
  const varied = Object.entries(run.varied).filter(([setting]) => setting !== 'training.seed');
  return { seed, group, name: runLabel({ ...run, varied: Object.fromEntries(varied) }) };
}

function figuresOf(tasks: readonly TaskTally[], told: readonly FigureEvent[]): Figure[] {
  const figures = new Map<string, Figure>();
  for (const event of told) {
    if (event.type === 'perplexity') continue;
    const { type, task, group, n, correct } = event;
    figures.set(task, {
      ...{ task, n, correct, unanswered: null, hasPredictions: false },
      ...(type === 'choice' && { protocol: type }),
      ...(group !== undefined && { group }),
    });
  }
  for (const { task, n, correct, unanswered, protocol, asked } of tasks) {
    figures.set(task, {
      ...{ task, n, correct, unanswered, hasPredictions: true },
      ...(protocol && { protocol }),
      ...(asked && { group: asked.group }),
      ...(asked?.isExactMath === true && { isExactMath: true }),
    });
  }
  return [...figures.values()];
}

function textsOf(texts: readonly TextTally[], told: readonly FigureEvent[]): TextFigure[] {
  const figures = new Map<string, TextFigure>();
  for (const event of told) {
    if (event.type !== 'perplexity') continue;
    const { task, tokens, natsPerToken } = event;
    figures.set(task, { task, tokens, natsPerToken });
  }
  for (const { task, tokens, nats } of texts) {
    figures.set(task, { task, tokens, natsPerToken: nats / tokens });
  }
  return [...figures.values()];
}

function inOrder(figures: readonly Figure[], tasks: readonly string[]): Figure[] {
  const place = ({ task }: Figure): number => {
    const index = tasks.indexOf(task);
    return index < 0 ? tasks.length : index;
  };
  return [...figures].sort((a, b) => place(a) - place(b));
}
