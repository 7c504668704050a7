// How sure an accuracy is.
import { around, within, z95, type Interval } from './interval';

/** Wilson's score interval of a proportion; the whole range for no observations. */
export function wilsonInterval(correct: number, n: number, z = z95): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const share = correct / n;
  const scale = 1 + (z * z) / n;
  const centre = (share + (z * z) / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return within(around(centre, half), { low: 0, high: 1 });
}
