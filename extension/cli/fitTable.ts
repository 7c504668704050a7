// Slope and correlation of each module type, as a table.
import type { SlopeFit } from '../shared/run';
import { signed, table } from './wording';

export function fitTable(fits: SlopeFit[]): string {
  const rows = fits.map(({ module, slope, correlation, points, interval }) => [
    module,
    String(points),
    signed(slope),
    signed(correlation),
    interval === null ? '-' : `${signed(interval[0])} to ${signed(interval[1])}`,
  ]);
  return table(['module', 'modules', 'slope', 'correlation', '95 % interval'], rows);
}
