// Durations and sizes as people say them.
import type { Translate } from './translate';

/** "40 s", "12 min", "3 h 5 min", "2 d 4 h". */
export function durationText(seconds: number, t: Translate): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return t('{0} s', whole);
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return t('{0} min', minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 24)
    return minutes % 60 === 0 ? t('{0} h', hours) : t('{0} h {1} min', hours, minutes % 60);
  return t('{0} d {1} h', Math.floor(hours / 24), hours % 24);
}

/** "just now", "5 min ago". */
export function agoText(from: Date, now: Date, t: Translate): string {
  const seconds = (now.getTime() - from.getTime()) / 1000;
  return seconds < 60 ? t('just now') : t('{0} ago', durationText(seconds, t));
}

/** "4.2 MB" */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : value.toFixed(0)} ${units[unit] ?? ''}`;
}
