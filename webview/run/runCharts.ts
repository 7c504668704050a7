// Which charts a run has and what lines they hold. Keeps what smoothing found between two updates.
import type { RunHistory } from '../../extension/shared/runHistory';
import type { Translate } from '../../extension/shared/translate';
import { numberAxis, type Axis } from '../charts/drawing';
import type { Line } from '../charts/line';
import { Smoothing } from '../charts/smoothing';
import { bytesText, figureText } from '../charts/ticks';
import type { ChartChoices } from '../history/chartControls';
import { StepSeries, type DrawnFigure } from '../history/stepSeries';
import { meanRanks } from './ranks';

export interface RunChart {
  id: string;
  title: string;
  lines: Line[];
  yAxis: Axis;
  valueText: (value: number) => string;
  reference?: { label: string; value: number };
  isWide?: boolean;
}

export interface ChartedRun {
  history: RunHistory;
  epochsAStep: number | undefined;
  /** 0: none. */
  clipNorm: number;
  /** Whether the gradient has AdaLoRA's orthogonality term, which the loss is told without. */
  isAdalora?: boolean;
}

export class RunCharts {
  readonly series = new StepSeries();
  private readonly smoothings = new Map<DrawnFigure, Smoothing>();

  of(run: ChartedRun, choices: ChartChoices, t: Translate): RunChart[] {
    this.series.update(run.history.steps, run.epochsAStep);
    const charts = [
      this.loss(run, choices, t),
      this.rate(choices, t),
      this.gradient(run, choices, t),
      this.speed(choices, t),
      this.memory(choices, t),
      this.gpuMemory(choices, t),
      this.ranks(run, choices, t),
    ];
    return charts.filter((chart) => chart !== undefined);
  }

  private loss(
    { history, isAdalora = false }: ChartedRun,
    choices: ChartChoices,
    t: Translate,
  ): RunChart {
    const evals = history.evals.map(({ step, loss }) => ({ step, value: loss }));
    const validation: Line = {
      id: 'validation',
      label: t('Validation'),
      points: this.series.pointsAt(evals, choices.x),
      color: 1,
      dash: 1,
      look: 'points',
    };
    return {
      id: 'loss',
      title: isAdalora ? t("Loss, without AdaLoRA's orthogonality term") : t('Loss'),
      lines: [
        ...this.smoothed('loss', t('Training'), choices, t),
        ...(evals.length > 0 ? [validation] : []),
      ],
      yAxis: numberAxis(t('Nats a token')),
      valueText: figureText,
      isWide: true,
    };
  }

  private rate(choices: ChartChoices, t: Translate): RunChart {
    return {
      id: 'learningRate',
      title: t('Learning rate'),
      lines: [this.plain('learningRate', t('Learning rate'), choices)],
      yAxis: numberAxis(t('Learning rate')),
      valueText: figureText,
    };
  }

  private gradient({ clipNorm }: ChartedRun, choices: ChartChoices, t: Translate): RunChart {
    const label = t('Clipped above {0}', figureText(clipNorm));
    return {
      id: 'gradNorm',
      title: t('Gradient norm'),
      lines: this.smoothed('gradNorm', t('Before clipping'), choices, t),
      yAxis: numberAxis(t('Norm')),
      valueText: figureText,
      ...(clipNorm > 0 && { reference: { label, value: clipNorm } }),
    };
  }

  private speed(choices: ChartChoices, t: Translate): RunChart {
    return {
      id: 'speed',
      title: t('Speed'),
      lines: this.smoothed('tokensPerSecond', t('Tokens a second'), choices, t),
      yAxis: numberAxis(t('Tokens a second')),
      valueText: figureText,
    };
  }

  private memory(choices: ChartChoices, t: Translate): RunChart | undefined {
    return ofBytes({ id: 'memory', title: t('Memory') }, t('Resident memory'), [
      this.plain('memoryBytes', t('Trainer process'), choices),
    ]);
  }

  private gpuMemory(choices: ChartChoices, t: Translate): RunChart | undefined {
    return ofBytes({ id: 'gpuMemory', title: t('GPU memory') }, t('Memory'), [
      this.plain('gpuBytes', t('In use'), choices),
      { ...this.plain('gpuHeldBytes', t('Reserved'), choices), color: 1, dash: 1 },
    ]);
  }

  /** AdaLoRA's: the mean of each type of module, which stays between two changes. */
  private ranks(
    { history }: ChartedRun,
    choices: ChartChoices,
    t: Translate,
  ): RunChart | undefined {
    if (history.ranks.length === 0) return undefined;
    const { step: steps, length } = history.steps;
    const now = length === 0 ? 0 : (steps[length - 1] ?? 0);
    const lines = meanRanks(history.ranks).map(({ type, means }, index): Line => {
      const points = this.series.pointsAt(stairs(means, now), choices.x);
      return {
        id: type,
        label: type,
        points,
        color: index,
        dash: index + Math.floor(index / 6),
        look: 'line',
      };
    });
    return {
      id: 'ranks',
      title: t('Mean rank by module'),
      lines,
      yAxis: numberAxis(t('Rank')),
      valueText: figureText,
    };
  }

  private plain(figure: DrawnFigure, label: string, { x }: ChartChoices): Line {
    const points = this.series.points(figure, x);
    return { id: figure, label, points, color: 0, dash: 0, look: 'line' };
  }

  /** As measured, faint, with its moving average over it. */
  private smoothed(
    figure: DrawnFigure,
    label: string,
    choices: ChartChoices,
    t: Translate,
  ): Line[] {
    const plain = this.plain(figure, label, choices);
    if (choices.smoothing === 0) return [plain];
    const known = this.smoothings.get(figure) ?? new Smoothing();
    this.smoothings.set(figure, known);
    const smooth = known.of(plain.points, choices.smoothing);
    return [
      { ...plain, id: `${figure} raw`, look: 'faint', belongsTo: figure },
      { ...plain, label: t('{0}, smoothed', label), points: smooth },
    ];
  }
}

/** Undefined where a run tells nothing of it: one of before it was told, or on a processor. */
function ofBytes(
  chart: Pick<RunChart, 'id' | 'title'>,
  unit: string,
  lines: Line[],
): RunChart | undefined {
  const told = lines.filter(({ points: { y, length } }) => !Number.isNaN(y[length - 1] ?? NaN));
  if (told.length === 0) return undefined;
  const yAxis = { title: unit, text: bytesText };
  return { ...chart, lines: told, yAxis, valueText: bytesText };
}

/** A value holds until the step before the next one. */
function stairs(
  values: readonly { step: number; value: number }[],
  now: number,
): { step: number; value: number }[] {
  return values.flatMap(({ step, value }, index) => {
    const last = (values[index + 1]?.step ?? now + 1) - 1;
    return last > step
      ? [
          { step, value },
          { step: last, value },
        ]
      : [{ step, value }];
  });
}
