// Numbers and tables as people read them in a terminal.
import { trainablePercent, type CountedValues } from '../shared/trainableShare';

/** `45 s`, `2 min 10 s`, `3 h 05 min` */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${pad(whole % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** An estimate, with the two figures that are in it: `~640 ms`, `~1.2 s` */
export function stepTime(seconds: number): string {
  const short = Number(seconds.toPrecision(2));
  return short < 1 ? `~${Number((1000 * short).toPrecision(2))} ms` : `~${short} s`;
}

/** `812`, `1.24k`, `15.3k` */
export function rate(value: number): string {
  if (value < 1000) return value.toFixed(0);
  return value < 10_000 ? `${(value / 1000).toFixed(2)}k` : `${(value / 1000).toFixed(1)}k`;
}

export function signed(value: number | null): string {
  if (value === null) return '-';
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toPrecision(3)}`;
}

/** Three figures, as the paper's tables have two: `0.838 %`, `15.2 %`, `0.0236 %` */
export function trainedPercent(counted: CountedValues): string {
  return `${Number(trainablePercent(counted).toPrecision(3))} %`;
}

/** What a grid gave a run, but for its method and rank: `adapter.alpha=16 training.seed=1` */
export function variedText(varied: Readonly<Record<string, unknown>>): string {
  return Object.entries(varied)
    .filter(([setting]) => setting !== 'method' && setting !== 'adapter.rank')
    .map(([setting, value]) => `${setting}=${valueText(value)}`)
    .join(' ');
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Columns as wide as their widest cell; numbers to the right. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const isNumeric = head.map((_, column) =>
    rows.every((row) => /^[-+\d]|^$/.test(row[column] ?? '')),
  );
  const line = (cells: string[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return isNumeric[column] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(line)].join('\n');
}

/** `269.1 MB` */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
