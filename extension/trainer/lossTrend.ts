// Whether the loss runs away: its mean over a few steps stays far above the lowest such mean. Single steps say
// little: a batch that happens to be easy would make all others look high.
import type { NewRunEvent } from '../shared/run';

const stepsAveraged = 10;
const stepsAbove = 20;
const factor = 3;
/** Nats: near zero, noise alone is several times the lowest loss. */
const leastRise = 0.1;

export class LossTrend {
  private recent: number[] = [];
  private lowest = Infinity;
  private lowestStep = 0;
  private above = 0;
  private hasWarned = false;

  /** A warning, once, when the loss has been too high for too long. */
  see(step: number, loss: number): NewRunEvent | undefined {
    this.recent = [...this.recent.slice(1 - stepsAveraged), loss];
    if (this.recent.length < stepsAveraged) return undefined;
    const mean = this.recent.reduce((sum, one) => sum + one, 0) / stepsAveraged;
    if (mean < this.lowest) {
      this.lowest = mean;
      this.lowestStep = step;
    }
    const isAbove = mean > factor * this.lowest && mean - this.lowest > leastRise;
    this.above = isAbove ? this.above + 1 : 0;
    if (this.above < stepsAbove || this.hasWarned) return undefined;
    this.hasWarned = true;
    return risingWarning(step, mean, { loss: this.lowest, step: this.lowestStep });
  }
}

function risingWarning(
  step: number,
  loss: number,
  lowest: { loss: number; step: number },
): NewRunEvent {
  const message =
    `The loss rises: ${loss.toFixed(3)} at step ${step}, ${(loss / lowest.loss).toFixed(1)} times its ` +
    `lowest, ${lowest.loss.toFixed(3)} at step ${lowest.step}. Lower the learning rate, or lengthen the warm-up.`;
  return { type: 'warning', code: 'loss-rising', message, step };
}
