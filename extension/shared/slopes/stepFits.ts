// The fit over several steps, as the paper has it: over layers and checkpoints. Sums of each module up to each
// step are kept, so that a fit of any steps costs no more than its modules. Points of one layer at different
// steps depend on each other: the interval resamples whole layers, which is wider than resampling points.
import type { SlopeFit } from '../run';
import { fewestPoints, relativeRounding, resamples, seed } from '../slopeFits';
import { quantile } from '../statistics/moments';
import { seededRandom } from '../statistics/random';
import type { SlopeSample } from './samples';

/** A line needs a point that it goes through. */
export interface LineFit extends SlopeFit {
  meanD: number;
  meanM: number;
}

/** Samples from `from` up to, without, `to`. */
export interface SampleSpan {
  from: number;
  to: number;
}

const [count, sumD, sumM, sumDD, sumMM, sumDM, sumCount] = [0, 1, 2, 3, 4, 5, 6];

export class StepSums {
  /**
   * Of each module the sums over the first n samples: n by module by sum. Values are taken from the middle. What
   * has not moved at all is not trained and does not count.
   */
  private readonly sums: Float64Array;
  private readonly middleD: number;
  private readonly middleM: number;

  constructor(
    private readonly modules: number,
    samples: readonly SlopeSample[],
  ) {
    this.middleD = meanOf(samples.map(({ deltaD }) => deltaD));
    this.middleM = meanOf(samples.map(({ deltaM }) => deltaM));
    this.sums = new Float64Array((samples.length + 1) * modules * sumCount);
    for (const [index, sample] of samples.entries()) this.add(index, sample);
  }

  /** `groups`: of each module that counts, which others it is resampled with. */
  fit(module: string, groups: ReadonlyMap<number, unknown>, spans: readonly SampleSpan[]): LineFit {
    const byGroup = new Map<unknown, Float64Array>();
    for (const [place, group] of groups) {
      const sums = byGroup.get(group) ?? new Float64Array(sumCount);
      byGroup.set(group, sums);
      for (const span of spans) this.addSpan(sums, place, span);
    }
    const used = [...byGroup.values()].filter((sums) => at(sums, count) > 0);
    const line = this.line(groups, spans);
    const interval = line.correlation === null ? null : this.interval(used);
    return { module, ...line, interval };
  }

  /** As `fit`, without the interval, which costs most of it. */
  line(
    places: ReadonlyMap<number, unknown>,
    spans: readonly SampleSpan[],
  ): Omit<LineFit, 'module' | 'interval'> {
    const all = new Float64Array(sumCount);
    for (const place of places.keys()) {
      for (const span of spans) this.addSpan(all, place, span);
    }
    const points = at(all, count);
    const means = {
      meanD: points === 0 ? 0 : this.middleD + at(all, sumD) / points,
      meanM: points === 0 ? 0 : this.middleM + at(all, sumM) / points,
    };
    const { spreadD, slope } = this.spreads(all);
    if (points < fewestPoints || spreadD === 0) {
      return { points, slope: null, correlation: null, ...means };
    }
    return { points, slope, correlation: this.correlation(all), ...means };
  }

  private add(index: number, { deltaD, deltaM }: SlopeSample): void {
    const size = this.modules * sumCount;
    this.sums.copyWithin((index + 1) * size, index * size, (index + 1) * size);
    for (let place = 0; place < this.modules; place++) {
      const d = deltaD[place] ?? null;
      const m = deltaM[place] ?? null;
      if (d === null || m === null || (d === 0 && m === 0)) continue;
      const [x, y] = [d - this.middleD, m - this.middleM];
      const start = (index + 1) * size + place * sumCount;
      for (const [sum, value] of [1, x, y, x * x, y * y, x * y].entries()) {
        this.sums[start + sum] = at(this.sums, start + sum) + value;
      }
    }
  }

  private addSpan(sums: Float64Array, place: number, { from, to }: SampleSpan): void {
    const size = this.modules * sumCount;
    for (let sum = 0; sum < sumCount; sum++) {
      const offset = place * sumCount + sum;
      const more = at(this.sums, to * size + offset) - at(this.sums, from * size + offset);
      sums[sum] = at(sums, sum) + more;
    }
  }

  /** A spread that is rounding alone is 0. */
  private spreads(sums: Float64Array): { spreadD: number; spreadM: number; slope: number } {
    const n = at(sums, count);
    const [d, m] = [at(sums, sumD) / n, at(sums, sumM) / n];
    const spreadD = at(sums, sumDD) - n * d * d;
    const spreadM = at(sums, sumMM) - n * m * m;
    const floorD = n * (relativeRounding * (this.middleD + d)) ** 2;
    const floorM = n * (relativeRounding * (this.middleM + m)) ** 2;
    return {
      spreadD: spreadD <= floorD ? 0 : spreadD,
      spreadM: spreadM <= floorM ? 0 : spreadM,
      slope: (at(sums, sumDM) - n * d * m) / spreadD,
    };
  }

  private correlation(sums: Float64Array): number | null {
    const { spreadD, spreadM, slope } = this.spreads(sums);
    if (spreadD === 0 || spreadM === 0) return null;
    return Math.max(-1, Math.min(1, slope * Math.sqrt(spreadD / spreadM)));
  }

  /** Percentiles 2.5 and 97.5 over resampled groups; of two layers nothing can be said. */
  private interval(groups: readonly Float64Array[]): [number, number] | null {
    if (groups.length < fewestPoints) return null;
    const draws = drawsOf(groups.length);
    const flat = new Float64Array(groups.length * sumCount);
    for (const [index, group] of groups.entries()) flat.set(group, index * sumCount);
    const correlations = new Float64Array(resamples);
    let found = 0;
    const drawn = new Float64Array(sumCount);
    for (let start = 0; start < draws.length; start += groups.length) {
      drawSums(drawn, flat, draws.subarray(start, start + groups.length));
      const correlation = this.correlation(drawn);
      if (correlation !== null) correlations[found++] = correlation;
    }
    const sorted = correlations.subarray(0, found).sort();
    return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
  }
}

/** The same for the same number of groups: which of them each resample holds, one resample after another. */
const knownDraws = new Map<number, Uint16Array>();

function drawsOf(groups: number): Uint16Array {
  const known = knownDraws.get(groups);
  if (known !== undefined) return known;
  const random = seededRandom(seed);
  const draws = Uint16Array.from({ length: resamples * groups }, () =>
    Math.floor(random() * groups),
  );
  knownDraws.set(groups, draws);
  return draws;
}

/** Most of the work of an interval: the sums stay in registers. */
function drawSums(target: Float64Array, flat: Float64Array, draws: Uint16Array): void {
  let [n, d, m, dd, mm, dm] = [0, 0, 0, 0, 0, 0];
  for (const group of draws) {
    const start = group * sumCount;
    n += at(flat, start);
    d += at(flat, start + sumD);
    m += at(flat, start + sumM);
    dd += at(flat, start + sumDD);
    mm += at(flat, start + sumMM);
    dm += at(flat, start + sumDM);
  }
  target.set([n, d, m, dd, mm, dm]);
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}

function meanOf(rows: readonly (readonly (number | null)[])[]): number {
  let total = 0;
  let found = 0;
  for (const row of rows) {
    for (const value of row) {
      if (value === null) continue;
      total += value;
      found += 1;
    }
  }
  return found === 0 ? 0 : total / found;
}
