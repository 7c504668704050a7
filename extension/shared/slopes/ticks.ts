// Round numbers along an axis, and how small numbers are written.

export interface Range {
  low: number;
  high: number;
}

const roundSteps = [1, 2, 5, 10];
/** More decimals than these are written as a power of ten. */
const mostDecimals = 5;

/** Undefined for no values. */
export function rangeOf(values: Iterable<number>): Range | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? undefined : { low, high };
}

/** What an axis must show so that no value touches its ends; never below zero for values that are not. */
export function paddedRange(values: Range | undefined): Range {
  if (values === undefined) return { low: 0, high: 1 };
  const { low, high } = values;
  if (low === high) {
    const reach = low === 0 ? 1 : Math.abs(low) / 2;
    return { low: low - reach, high: high + reach };
  }
  const pad = (high - low) * 0.07;
  return { low: low >= 0 ? Math.max(0, low - pad) : low - pad, high: high + pad };
}

export function union(one: Range | undefined, other: Range | undefined): Range | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { low: Math.min(one.low, other.low), high: Math.max(one.high, other.high) };
}

/** About `wanted` round numbers within the range: steps of 1, 2 or 5 times a power of ten. */
export function roundTicks(
  { low, high }: Range,
  wanted: number,
): { step: number; ticks: number[] } {
  const rough = (high - low) / Math.max(1, wanted);
  if (!(rough > 0) || !Number.isFinite(rough)) return { step: 1, ticks: [] };
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (roundSteps.find((one) => one * power >= rough * (1 - 1e-9)) ?? 10);
  const ticks: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index++) {
    ticks.push(index * step);
  }
  return { step, ticks };
}

/** With the decimals that its step needs: 0.0012; as 4e−7 where those are too many. */
export function tickText(value: number, step: number): string {
  if (Math.abs(value) < step / 2) return '0';
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  if (decimals <= mostDecimals) return withMinus(value.toFixed(decimals));
  const digits = Math.max(0, Math.floor(Math.log10(Math.abs(value)) + 1e-9) + decimals);
  return withMinus(value.toExponential(digits));
}

/** Four figures that count: 0.001234, 1.234e−7. */
export function valueText(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-5 || size >= 1e6) return withMinus(value.toExponential(3));
  const decimals = Math.max(0, 3 - Math.floor(Math.log10(size)));
  return withMinus(value.toFixed(decimals));
}

/** "+0.83", with a true minus sign. */
export function signedText(value: number, decimals = 2): string {
  const text = Math.abs(value).toFixed(decimals);
  return `${value < 0 && Number(text) !== 0 ? '−' : '+'}${text}`;
}

/** A slope: with three figures, since its size depends on the model. */
export function slopeText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e4)) {
    return `${value < 0 ? '−' : '+'}${size.toExponential(1).replace('-', '−')}`;
  }
  const decimals = size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return signedText(value, decimals);
}

function withMinus(text: string): string {
  return text.replace(/-/g, '−').replace('e+', 'e');
}
