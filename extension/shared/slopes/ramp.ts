// Colours from early to late, made of a theme's own: their lightness grows evenly away from the background, so
// that order is seen in every theme and without telling hues apart. Mixed in OKLab (Ottosson 2020).

type Triple = readonly [number, number, number];

interface Reach {
  early: number;
  late: number;
}

/** OKLab lightness of the first and the last colour of a ramp: each is told apart from its background by 3:1. */
const onDark: Reach = { early: 0.56, late: 0.9 };
const onLight: Reach = { early: 0.62, late: 0.32 };
/** One hue is kept where it is a colour still, not nearly white or black; it begins pale instead. */
const oneHueOnDark: Reach = { early: 0.56, late: 0.82 };
const oneHueOnLight: Reach = { early: 0.62, late: 0.44 };
const earlyShareOfHue = 0.45;
const grey = 0.5;
const shades = 32;

/** `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb()` and `rgba()`, as theme variables hold them; channels from 0 to 1. */
export function parseColor(text: string): Triple | undefined {
  const trimmed = text.trim();
  const hex = /^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(trimmed)?.[1];
  if (hex !== undefined) {
    const width = hex.length < 6 ? 1 : 2;
    const channel = (index: number): number => {
      const digits = hex.slice(index * width, (index + 1) * width);
      return parseInt(width === 1 ? digits + digits : digits, 16) / 255;
    };
    return [channel(0), channel(1), channel(2)];
  }
  const inside = /^rgba?\(([^)]*)\)$/i.exec(trimmed)?.[1];
  const [red, green, blue] = (inside ?? '').split(/[\s,/]+/).map(Number.parseFloat);
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  const triple = [red / 255, green / 255, blue / 255] as const;
  return triple.some(Number.isNaN) ? undefined : triple;
}

export function isDark(background: string): boolean {
  const color = parseColor(background);
  return color !== undefined && toLab(color)[0] < 0.6;
}

/** `share` of the second in the first, opaque. */
export function mixColors(one: string, other: string, share: number): string {
  const labs = [one, other].map((text) => toLab(parseColor(text) ?? [grey, grey, grey]));
  return toHex(between(labs, share));
}

/** The colour of an age from 0 (early) to 1 (late) between the hues of `stops`. */
export type Ramp = (age: number) => string;

export function makeRamp(stops: readonly string[], background: string): Ramp {
  const labs = stops.map((stop) => toLab(parseColor(stop) ?? [grey, grey, grey]));
  const isOneHue = stops.length === 1;
  const [dark, light] = isOneHue ? [oneHueOnDark, oneHueOnLight] : [onDark, onLight];
  const { early, late } = isDark(background) ? dark : light;
  const colors = Array.from({ length: shades }, (_, index) => {
    const age = index / (shades - 1);
    const [, a, b] = between(labs, age);
    const hue = isOneHue ? earlyShareOfHue + age * (1 - earlyShareOfHue) : 1;
    return toHex([early + age * (late - early), a * hue, b * hue]);
  });
  return (age) => {
    const index = Math.round(Math.max(0, Math.min(1, age)) * (shades - 1));
    return colors[index] ?? '#808080';
  };
}

/** Of one run alone: through four hues of the theme, the one that stands out most last. */
export function manyHues(series: readonly string[], background: string): string[] {
  const [blue = '#888', , green = blue, purple = blue, , yellow = green] = series;
  const hues = [purple, blue, green, yellow];
  return isDark(background) ? hues : hues.reverse();
}

function between(labs: readonly Triple[], age: number): Triple {
  const position = age * (labs.length - 1);
  const index = Math.min(labs.length - 1, Math.floor(position));
  const from = labs[index] ?? [grey, 0, 0];
  const to = labs[index + 1] ?? from;
  const share = position - index;
  const mix = (channel: 0 | 1 | 2): number => from[channel] + share * (to[channel] - from[channel]);
  return [mix(0), mix(1), mix(2)];
}

function toLab([red, green, blue]: Triple): Triple {
  const [r, g, b] = [linear(red), linear(green), linear(blue)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** Takes away as much colour as screens cannot show, keeping lightness and hue. */
function toHex([lightness, a, b]: Triple): string {
  for (let share = 1; ; share -= 0.05) {
    const channels = toRgb([lightness, a * share, b * share]);
    const isShown = channels.every((channel) => channel >= -0.001 && channel <= 1.001);
    if (isShown || share <= 0.05) return `#${channels.map(hexOf).join('')}`;
  }
}

function toRgb([lightness, a, b]: Triple): Triple {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}

function gamma(channel: number): number {
  return channel <= 0.0031308 ? channel * 12.92 : 1.055 * channel ** (1 / 2.4) - 0.055;
}

function hexOf(channel: number): string {
  const byte = Math.round(Math.max(0, Math.min(1, channel)) * 255);
  return byte.toString(16).padStart(2, '0');
}
