// Two-sided intervals, all at 95 %.

export interface Interval {
  low: number;
  high: number;
}

/** What an interval leaves out at each end. */
export const tail95 = 0.025;
/** The normal distribution's quantile of 1 - `tail95`. */
export const z95 = 1.959963984540054;

export function around(centre: number, half: number): Interval {
  return { low: centre - half, high: centre + half };
}

export function within({ low, high }: Interval, bounds: Interval): Interval {
  return { low: Math.max(bounds.low, low), high: Math.min(bounds.high, high) };
}
