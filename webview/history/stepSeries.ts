// The steps of a run as lines to draw: every figure over steps, time, tokens or passes over the data. Follows a
// growing history; what is derived of it (elapsed time, tokens so far, speed) costs what is new.
import { rowOf, type FigureName, type StepColumns } from '../../extension/shared/stepColumns';
import { GrowingNumbers, type Points } from '../charts/points';

export const xKinds = ['step', 'time', 'tokens', 'epochs'] as const;
export type XKind = (typeof xKinds)[number];
export type DrawnFigure = Exclude<FigureName, 'tokens' | 'seconds'> | 'tokensPerSecond';

export class StepSeries {
  private columns: StepColumns | undefined;
  private readonly time = new GrowingNumbers();
  private readonly tokens = new GrowingNumbers();
  private readonly speed = new GrowingNumbers();
  private readonly epochs = new GrowingNumbers();
  private epochsAStep: number | undefined;

  /** `epochsAStep`: undefined where it is not known. */
  update(columns: StepColumns, epochsAStep: number | undefined): void {
    const isOther =
      this.columns?.generation !== columns.generation || columns.length < this.time.length;
    if (isOther) for (const one of [this.time, this.tokens, this.speed]) one.clear();
    if (isOther || epochsAStep !== this.epochsAStep) this.epochs.clear();
    this.columns = columns;
    this.epochsAStep = epochsAStep;
    for (let row = this.time.length; row < columns.length; row += 1) {
      const seconds = columns.seconds[row] ?? 0;
      const tokens = columns.tokens[row] ?? 0;
      this.time.push((this.time.last ?? 0) + seconds);
      this.tokens.push((this.tokens.last ?? 0) + tokens);
      this.speed.push(seconds > 0 ? tokens / seconds : NaN);
    }
    if (epochsAStep === undefined) return;
    for (let row = this.epochs.length; row < columns.length; row += 1) {
      this.epochs.push((columns.step[row] ?? 0) * epochsAStep);
    }
  }

  get length(): number {
    return this.columns?.length ?? 0;
  }

  get elapsedSeconds(): number {
    return this.time.last ?? 0;
  }

  get trainedTokens(): number {
    return this.tokens.last ?? 0;
  }

  points(figure: DrawnFigure, kind: XKind): Points {
    const { columns } = this;
    if (columns === undefined) return { x: [], y: [], length: 0, generation: 0 };
    const y = figure === 'tokensPerSecond' ? this.speed.values : columns[figure];
    return { x: this.xOf(kind), y, length: columns.length, generation: columns.generation };
  }

  /** Where a step stands on the axis; undefined for one that is not there. */
  xAt(step: number, kind: XKind): number | undefined {
    if (kind === 'step' || step === 0) return step;
    const row = this.columns && rowOf(this.columns, step);
    return row === undefined ? undefined : this.xOf(kind)[row];
  }

  /** Points at some steps, as of validation. */
  pointsAt(values: readonly { step: number; value: number }[], kind: XKind): Points {
    const pairs = values.flatMap(({ step, value }) => {
      const x = this.xAt(step, kind);
      return x === undefined ? [] : [{ x, y: value }];
    });
    return {
      x: pairs.map(({ x }) => x),
      y: pairs.map(({ y }) => y),
      length: pairs.length,
      generation: this.columns?.generation ?? 0,
    };
  }

  private xOf(kind: XKind): Float64Array {
    if (kind === 'time') return this.time.values;
    if (kind === 'tokens') return this.tokens.values;
    if (kind === 'epochs') return this.epochs.values;
    return this.columns?.step ?? new Float64Array();
  }
}
