// Names of the files that the page exports.
import type { Series } from './series';

/** The last part of a path of either kind of system. */
export function pathlessName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** "slopes-DoRA-r16-step-200.svg" */
export function exportName(series: readonly Series[], step: number, extension: string): string {
  const [first] = series;
  const isOne = series.length === 1 && first !== undefined;
  const subject = isOne ? first.run.label : `${series.length}-runs`;
  const plain = subject.replace(/[^\w.-]+/g, '-').replace(/^-+|-+$/g, '');
  return `slopes-${plain}-step-${step}.${extension}`;
}
