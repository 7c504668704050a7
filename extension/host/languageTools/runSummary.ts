// The answer of adapterLab_summarizeRun: what a person would tell about a run. Free of VS Code.
import { alphaOf, type ExperimentSettings } from '../../shared/experiment';
import type { EventOf, RunEvent, StatusFile } from '../../shared/run';
import type { RunDetails } from '../runDetails';
import type { RunView } from '../runModel';
import { runTitle } from './chosenRuns';
import { describeCurve } from './lossCurve';
import { count, figure, markdownTable, percent, signed } from './reportText';

export interface RunRecord {
  view: RunView;
  /** Those that count. */
  events: readonly RunEvent[];
  details: RunDetails;
}

export function summarizeRun({ view, events, details }: RunRecord): string {
  const { run, status, folder } = view;
  const { notes, tags } = view.tags;
  const steps = events.filter((event) => event.type === 'step');
  return [
    `# ${runTitle(view)}`,
    [
      `Id ${run.id}; ${stateSentence(status)}`,
      `Created ${run.created}; folder ${folder}; experiment file ${run.experimentFile}`,
      ...(tags.length > 0 ? [`Tags: ${tags.join(', ')}`] : []),
      ...(notes === '' ? [] : [`Notes of the user: ${notes}`]),
    ].join('\n'),
    section('Settings', settingsLines(run.settings, run.varied)),
    section('Training loss', [describeCurve(steps), ...validationLines(events)]),
    section('Figures', figureLines(steps)),
    section('Accuracy', accuracyLines(details)),
    section('Slope over all modules', slopeLines(events)),
    section(
      'Checkpoints',
      [checkpointTable(details)].filter((text) => text !== ''),
    ),
    section('Warnings', details.warnings.slice(-5)),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`## ${title}`, ...lines].join('\n');
}

function stateSentence({ state, step, steps, failure, activity, secondsLeft }: StatusFile): string {
  const at = steps === 0 ? `step ${step}` : `step ${step} of ${steps}`;
  const left = secondsLeft === null ? '' : `, about ${Math.round(secondsLeft / 60)} min left`;
  const doing = activity === undefined ? '' : `, ${activity}`;
  const why = failure === undefined ? '' : `: ${failure.message} (${failure.code})`;
  return `${state} at ${at}${doing}${left}${why}`;
}

function settingsLines(settings: ExperimentSettings, varied: Record<string, unknown>): string[] {
  const { method, adapter, training, data, model, evaluation, device } = settings;
  const targets = Array.isArray(adapter.targets) ? adapter.targets.join(' ') : adapter.targets;
  const warmup =
    training.warmupRatio === undefined
      ? `${training.warmupSteps ?? 0} steps`
      : `${percent(training.warmupRatio)} % of the steps`;
  const length =
    training.steps === undefined ? `${training.epochs ?? 3} epochs` : `${training.steps} steps`;
  const adapterText =
    method === 'full'
      ? `trains ${settings.train.join(', ')}`
      : `rank ${adapter.rank}, alpha ${alphaOf(adapter)}, dropout ${adapter.dropout}, targets ${targets}`;
  const tasks = evaluation.tasks.length === 0 ? 'none' : evaluation.tasks.join(', ');
  const changed = Object.entries(varied).map(([name, value]) => `${name} = ${String(value)}`);
  return [
    `- method ${method}: ${adapterText}`,
    `- model ${model}; data ${data.train.join(', ')} (${data.format}, template ${data.template}, loss on ${data.lossOn}, at most ${data.maxLength} tokens)`,
    `- ${length}, batch ${training.batchSize} x ${training.accumulation}, learning rate ${training.learningRate} ${training.schedule}, warm-up ${warmup}, weight decay ${training.weightDecay}, clip ${training.clipNorm}, seed ${training.seed}, device ${device}`,
    `- evaluation tasks: ${tasks}`,
    ...(changed.length === 0 ? [] : [`- varied by the experiment's grid: ${changed.join(', ')}`]),
  ];
}

function validationLines(events: readonly RunEvent[]): string[] {
  const evaluations = events.filter((event) => event.type === 'eval');
  const last = evaluations.at(-1);
  if (last === undefined) return [];
  const best = evaluations.reduce((low, event) => (event.loss < low.loss ? event : low));
  const lastText = `Validation loss ${figure(last.loss)} at step ${last.step}`;
  return best.step === last.step
    ? [`${lastText}, the lowest of ${evaluations.length}.`]
    : [`${lastText}; the lowest was ${figure(best.loss)} at step ${best.step}: it rose since.`];
}

function figureLines(steps: readonly EventOf<'step'>[]): string[] {
  const last = steps.at(-1);
  if (last === undefined) return [];
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0);
  const tokens = steps.reduce((sum, step) => sum + step.tokens, 0);
  const norms = steps.map(({ gradNorm }) => gradNorm).sort((a, b) => a - b);
  const median = norms[Math.floor(norms.length / 2)];
  return [
    `- ${figure(tokens)} tokens in ${figure(seconds)} s of steps: ${figure(tokens / Math.max(seconds, 1e-9))} tokens/s`,
    `- gradient norm before clipping: median ${figure(median)}, largest ${figure(norms.at(-1))}, last ${figure(last.gradNorm)}`,
  ];
}

function accuracyLines({ accuracies }: RunDetails): string[] {
  return accuracies.map(
    ({ task, accuracy, n }) =>
      `- ${task}: ${percent(accuracy)} % of ${n} (adapterLab_readAccuracies has the intervals)`,
  );
}

function slopeLines(events: readonly RunEvent[]): string[] {
  const last = events.filter((event) => event.type === 'slope').at(-1);
  const fit = last?.fits.find(({ module }) => module === 'all');
  if (last === undefined || fit === undefined) return [];
  return [
    `Correlation ${signed(fit.correlation)} over ${count(fit.points, 'module')} at step ${last.step} (adapterLab_readSlopes says what it means).`,
  ];
}

function checkpointTable({ checkpoints }: RunDetails): string {
  if (checkpoints.length === 0) return '';
  const rows = checkpoints
    .slice(-12)
    .map(({ step, loss, slope, sizeBytes, folder }) => [
      String(step),
      figure(loss),
      figure(slope),
      (sizeBytes / 1e6).toFixed(1),
      folder,
    ]);
  return markdownTable(['step', 'loss', 'slope', 'MB', 'folder'], rows);
}
