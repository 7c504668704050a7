// Where an axis has its ticks and how they read: round numbers, no more digits than tell them apart.

/** Multiples of 1, 2 or 5 times a power of ten within the range, about `count` of them. */
export function linearTicks(from: number, to: number, count: number): number[] {
  const step = roundStep((to - from) / Math.max(1, count));
  if (!(step > 0) || !Number.isFinite(step)) return [from];
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => roundTo((first + i) * step, step));
}

/** Powers of ten; with few of them 2 and 5 times these; within a decade as on a linear axis. */
export function logTicks(from: number, to: number, count: number): number[] {
  if (!(from > 0) || to / from < 5) return linearTicks(from, to, count);
  const first = Math.floor(Math.log10(from));
  const last = Math.ceil(Math.log10(to));
  const decades = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const every = Math.max(1, Math.ceil(decades.length / Math.max(1, count)));
  const factors = decades.length <= count / 2 ? [1, 2, 5] : [1];
  return decades
    .filter((decade) => (decade - first) % every === 0)
    .flatMap((decade) => factors.map((factor) => Number(`${factor}e${decade}`)))
    .filter((tick) => tick >= from * (1 - 1e-9) && tick <= to * (1 + 1e-9));
}

const timeSteps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
];

/** Seconds at steps that a clock has. */
export function timeTicks(from: number, to: number, count: number): number[] {
  const wanted = (to - from) / Math.max(1, count);
  const step = wanted < 1 ? undefined : timeSteps.find((one) => one >= wanted);
  if (step === undefined) return linearTicks(from, to, count);
  const first = Math.ceil(from / step);
  const last = Math.floor(to / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

/** "0.02", "1,200", "3M", "2e-5": alike for all ticks of an axis, whose step tells the digits. */
export function tickText(value: number, step: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || (size >= 1e4 && step >= 1e3)) return compact(value);
  if (size < 1e-3 && step < 1e-4) return exponential(value);
  const digits = Math.max(0, Math.min(10, Math.ceil(-Math.log10(Math.max(step, 1e-10)) - 1e-9)));
  return grouped(value.toFixed(size < 1 && step > size ? Math.ceil(-Math.log10(size)) : digits));
}

/** A figure for reading: four digits, small and large ones with a power of ten. */
export function figureText(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3) return minus(value.toExponential(2));
  if (size >= 1e6) return compact(value);
  if (size >= 1000) return grouped(value.toFixed(0));
  const digits = Math.max(0, 3 - Math.floor(Math.log10(size)));
  return minus(Number.isInteger(value) ? value.toFixed(0) : value.toFixed(Math.min(4, digits)));
}

/** "5:00", "1:30:00", "40 s", "2 d 3:00:00". */
export function clockText(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))} s`;
  const whole = Math.round(seconds);
  const days = Math.floor(whole / 86400);
  const hours = Math.floor((whole % 86400) / 3600);
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = two(whole % 60);
  const day = days === 0 ? '' : `${days} d `;
  return hours === 0 && days === 0
    ? `${minutes}:${rest}`
    : `${day}${hours}:${two(minutes)}:${rest}`;
}

/** "83.5 %" */
export function shareText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** "1.2 GB" */
export function bytesText(bytes: number): string {
  if (!Number.isFinite(bytes)) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(bytes) / 3)));
  const value = bytes / 1000 ** unit;
  return `${Number(value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0))} ${units[unit] ?? ''}`;
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Without the noise of a product of decimals. */
function roundTo(value: number, step: number): number {
  const digits = Math.max(0, Math.ceil(-Math.log10(step)) + 1);
  return digits > 20 ? value : Number(value.toFixed(Math.min(20, digits)));
}

function compact(value: number): string {
  const units = ['', 'k', 'M', 'G', 'T'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log10(Math.abs(value)) / 3));
  return minus(`${Number((value / 1000 ** unit).toPrecision(4))}${units[unit] ?? ''}`);
}

function exponential(value: number): string {
  return minus(Number(value.toPrecision(3)).toExponential());
}

function grouped(digits: string): string {
  const [whole = '', part] = digits.split('.');
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return minus(part === undefined ? spaced : `${spaced}.${part}`);
}

function minus(text: string): string {
  return text.replaceAll('-', '−');
}
