// Counts and shares as they stand beside a setting: short. Free of VS Code.
import { sizeText } from './timeText';

/** "812", "14.8 k", "231 k", "1.34 M" */
export function amountText(value: number): string {
  const units = ['', ' k', ' M', ' G'];
  let amount = value;
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || amount >= 100 ? 0 : amount >= 10 ? 1 : 2;
  return `${amount.toFixed(digits)}${units[unit] ?? ''}`;
}

/** "15.2 %", "0.84 %" */
export function percentText(share: number): string {
  const percent = 100 * share;
  return `${percent.toFixed(percent >= 10 ? 1 : 2)} %`;
}

/** "15.2 %", "0.8 %": for columns of them. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** "188 MB", "145–188 MB", "0.9–1.2 GB" */
export function sizeRangeText(least: number, most: number): string {
  const [low, high] = [sizeText(least), sizeText(most)];
  if (low === high) return high;
  const [amount = '', unit] = low.split(' ');
  return unit === high.split(' ')[1] ? `${amount}–${high}` : `${low}–${high}`;
}

export function amountRangeText(least: number, most: number): string {
  const [low, high] = [amountText(least), amountText(most)];
  if (low === high) return high;
  const [amount = '', unit] = low.split(' ');
  return unit === high.split(' ')[1] ? `${amount}–${high}` : `${low}–${high}`;
}
