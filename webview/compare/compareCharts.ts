// The curves of all runs over each other, chart by chart. Keeps what is derived of each run between two updates.
import type { ComparedRun } from '../../extension/shared/pages/comparePage';
import { methodText } from '../../extension/shared/runWords';
import type { Translate } from '../../extension/shared/translate';
import { numberAxis, type Axis } from '../charts/drawing';
import type { Line } from '../charts/line';
import type { Points } from '../charts/points';
import { Smoothing } from '../charts/smoothing';
import { bytesText, figureText } from '../charts/ticks';
import type { ChartChoices } from '../history/chartControls';
import { StepSeries, type DrawnFigure } from '../history/stepSeries';
import type { RunLook } from './comparedRuns';
import { meanCurve, seedGroups } from './seedGroups';

export interface CompareChart {
  id: string;
  title: string;
  lines: Line[];
  yAxis: Axis;
  valueText: (value: number) => string;
}

export interface CompareChoices extends ChartChoices {
  /** One line with its spread for runs that differ by their seed alone. */
  averagesSeeds: boolean;
}

interface KnownRun {
  series: StepSeries;
  smoothings: Map<DrawnFigure, Smoothing>;
}

const smoothedFigures: readonly DrawnFigure[] = ['loss', 'gradNorm', 'tokensPerSecond'];

export class CompareCharts {
  private readonly known = new Map<string, KnownRun>();
  private generation = 0;

  of(
    runs: readonly ComparedRun[],
    looks: ReadonlyMap<string, RunLook>,
    choices: CompareChoices,
    t: Translate,
  ): CompareChart[] {
    this.generation += 1;
    for (const run of runs) this.knownRun(run).series.update(run.history.steps, epochsAStep(run));
    const chart = (
      id: string,
      [title, unit]: [string, string],
      curve: (run: ComparedRun) => Points,
    ): CompareChart => {
      const lines = this.lines(runs, { looks, choices, curve, t });
      return { id, title, lines, yAxis: numberAxis(unit), valueText: figureText };
    };
    const nats = t('Nats a token');
    const figure = (name: DrawnFigure) => (run: ComparedRun) => this.curve(run, name, choices);
    const bytes = (id: DrawnFigure, title: string, unit: string): CompareChart => ({
      ...chart(id, [title, unit], figure(id)),
      ...{ yAxis: { title: unit, text: bytesText }, valueText: bytesText },
    });
    const charts = [
      chart('loss', [t('Training loss'), nats], figure('loss')),
      chart('validation', [t('Validation loss'), nats], (run) => this.validation(run, choices)),
      chart('gradNorm', [t('Gradient norm'), t('Norm')], figure('gradNorm')),
      chart('learningRate', [t('Learning rate'), t('Learning rate')], figure('learningRate')),
      chart('speed', [t('Speed'), t('Tokens a second')], figure('tokensPerSecond')),
      bytes('memoryBytes', t('Memory'), t('Resident memory')),
      bytes('gpuBytes', t('GPU memory'), t('In use')),
    ];
    return charts.filter(({ lines }) => lines.length > 0);
  }

  /** Seconds of training so far. */
  elapsedSeconds(folder: string): number {
    return this.known.get(folder)?.series.elapsedSeconds ?? 0;
  }

  private lines(
    runs: readonly ComparedRun[],
    options: {
      looks: ReadonlyMap<string, RunLook>;
      choices: CompareChoices;
      curve: (run: ComparedRun) => Points;
      t: Translate;
    },
  ): Line[] {
    const { looks, choices, curve, t } = options;
    const groups = choices.averagesSeeds ? seedGroups(runs) : runs.map((run) => [run]);
    return groups.flatMap((group): Line[] => {
      const [first] = group;
      const look = first && looks.get(first.folder);
      const curves = group.map(curve).filter(hasValues);
      if (first === undefined || look === undefined || curves[0] === undefined) return [];
      const isSparse = curves[0].length < 60;
      const base = {
        id: first.folder,
        color: look.color,
        dash: look.dash,
        look: isSparse ? ('points' as const) : ('line' as const),
      };
      if (group.length === 1) return [{ ...base, label: look.label, points: curves[0] }];
      const { mean, low, high } = meanCurve(curves, this.generation);
      const label = t('{0}, mean of {1} seeds', methodText(first.run.settings), group.length);
      const band = { ...base, id: `${first.folder} band`, label, belongsTo: first.folder };
      return [
        { ...band, points: low, bandTo: high },
        { ...base, label, points: mean },
      ];
    });
  }

  private curve(run: ComparedRun, name: DrawnFigure, choices: CompareChoices): Points {
    const { series, smoothings } = this.knownRun(run);
    const points = series.points(name, choices.x);
    if (choices.smoothing === 0 || !smoothedFigures.includes(name)) return points;
    const smoothing = smoothings.get(name) ?? new Smoothing();
    smoothings.set(name, smoothing);
    return smoothing.of(points, choices.smoothing);
  }

  private validation(run: ComparedRun, { x }: CompareChoices): Points {
    const evals = run.history.evals.map(({ step, loss }) => ({ step, value: loss }));
    return this.knownRun(run).series.pointsAt(evals, x);
  }

  private knownRun({ folder }: ComparedRun): KnownRun {
    const known = this.known.get(folder) ?? { series: new StepSeries(), smoothings: new Map() };
    this.known.set(folder, known);
    return known;
  }
}

function hasValues({ y, length }: Points): boolean {
  return length > 0 && Number.isFinite(y[length - 1]);
}

export function epochsAStep({ status }: Pick<ComparedRun, 'status'>): number | undefined {
  const { epochs, steps } = status;
  return epochs === undefined || steps === 0 ? undefined : epochs / steps;
}
