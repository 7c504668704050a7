// How modules and figures are said.
import { moduleLayer, moduleType } from '../../../extension/shared/modules';
import type { Translate } from '../../../extension/shared/translate';

/** "q_proj, layer 3" */
export function moduleText(name: string, t: Translate): string {
  const layer = moduleLayer(name);
  return layer === undefined ? moduleType(name) : t('{0}, layer {1}', moduleType(name), layer);
}

/** "+0.42 %", with a true minus sign and as many figures as count. */
export function changeText(change: number, decimals = 2): string {
  const percent = (100 * Math.abs(change)).toFixed(decimals);
  return `${change < 0 && Number(percent) !== 0 ? '−' : '+'}${percent} %`;
}

/** Decimals of a percentage of about this size. */
export function decimalsFor(change: number): number {
  const percent = 100 * Math.abs(change);
  return percent === 0 ? 0 : Math.max(0, Math.min(6, 1 - Math.floor(Math.log10(percent))));
}
