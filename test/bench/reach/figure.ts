// A measured figure beside its bar, and the table of them.

export interface Figure {
  work: string;
  value: number;
  /** x: a ratio; %: a share of one. */
  unit: 'x' | '%' | 's' | 'ms' | 'TFLOP/s';
  /** None: told because it explains another. */
  bar?: number;
  /** The bar is a least value. */
  atLeast?: boolean;
}

const digits = { x: 2, '%': 0, s: 2, ms: 0, 'TFLOP/s': 0 };

function shown(value: number, unit: Figure['unit'], least = digits[unit]): string {
  const amount = unit === '%' ? 100 * value : value;
  return unit === 'x' ? `${amount.toFixed(least)}x` : `${amount.toFixed(least)} ${unit}`;
}

function isReached({ value, bar = NaN, atLeast = false }: Figure): boolean {
  return atLeast ? value >= bar : value <= bar;
}

/** As many digits as tell which side of the bar it is on. */
function measured(figure: Figure): string {
  const { value, unit, bar } = figure;
  const rounded = shown(value, unit);
  const isUnclear = bar !== undefined && rounded === shown(bar, unit) && !isReached(figure);
  return isUnclear ? shown(value, unit, digits[unit] + 1) : rounded;
}

export function figureTable(figures: Figure[]): string {
  const rows = figures.map((figure) => {
    const { work, unit, bar, atLeast } = figure;
    if (bar === undefined) return [work, measured(figure), '', ''];
    const limit = `${atLeast ? 'at least ' : ''}${shown(bar, unit)}`;
    return [work, measured(figure), limit, isReached(figure) ? 'yes' : 'no'];
  });
  const head = ['work', 'measured', 'bar', 'reached'];
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
