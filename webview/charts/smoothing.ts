// Exponential moving average, corrected for its start: the first value is the first point's, not near zero.
import { GrowingNumbers, type Points } from './points';

/** Follows growing points: each call costs what is new, unless the weight changed. */
export class Smoothing {
  private smooth = new GrowingNumbers();
  private weight = NaN;
  private generation = -1;
  private average = 0;
  private correction = 1;

  /** `weight` of what came before, from 0 (none) to below 1. */
  of(points: Points, weight: number): Points {
    const isOther = points.generation !== this.generation || points.length < this.smooth.length;
    if (isOther || weight !== this.weight) this.restart(points.generation, weight);
    for (let index = this.smooth.length; index < points.length; index += 1) {
      this.smooth.push(this.next(points.y[index] ?? NaN));
    }
    return { ...points, y: this.smooth.values };
  }

  private restart(generation: number, weight: number): void {
    this.smooth = new GrowingNumbers();
    this.weight = weight;
    this.generation = generation;
    this.average = 0;
    this.correction = 1;
  }

  /** A point without a value leaves the average as it is. */
  private next(value: number): number {
    if (!Number.isFinite(value)) return NaN;
    this.average = this.weight * this.average + (1 - this.weight) * value;
    this.correction *= this.weight;
    return this.average / (1 - this.correction);
  }
}
