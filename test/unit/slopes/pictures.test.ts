import { describe, expect, test } from 'vitest';
import { pictureColors } from '../../../extension/shared/slopes/pictureColors';
import { clippedLine, plotFrame, xOf, yOf } from '../../../extension/shared/slopes/plot';
import { isDark, makeRamp, manyHues, parseColor } from '../../../extension/shared/slopes/ramp';
import { markerOutline, markers, moveShapes } from '../../../extension/shared/slopes/scene';
import { slopeSvg } from '../../../extension/shared/slopes/slopeSvg';
import { sceneSvg } from '../../../extension/shared/slopes/svg';
import {
  paddedRange,
  rangeOf,
  roundTicks,
  signedText,
  slopeText,
  tickText,
  union,
  valueText,
} from '../../../extension/shared/slopes/ticks';

describe('ticks', () => {
  test('stand at round numbers within the range', () => {
    const { step, ticks } = roundTicks({ low: 0.0003, high: 0.0041 }, 4);
    expect(step).toBeCloseTo(0.001, 12);
    expect(ticks.map((tick) => tickText(tick, step))).toEqual(['0.001', '0.002', '0.003', '0.004']);
  });

  test('count what floating point would miss at the ends', () => {
    const { step, ticks } = roundTicks({ low: 0.1, high: 0.3 }, 2);
    expect(ticks.map((tick) => tickText(tick, step))).toEqual(['0.1', '0.2', '0.3']);
  });

  test('keep the decimals of their step, and no more', () => {
    expect(tickText(0.0012, 0.0002)).toBe('0.0012');
    expect(tickText(0.5, 0.1)).toBe('0.5');
    expect(tickText(-0.5, 0.5)).toBe('−0.5');
    expect(tickText(20, 10)).toBe('20');
    expect(tickText(0, 0.001)).toBe('0');
  });

  test('are powers of ten where decimals would be too many', () => {
    expect(tickText(4e-7, 2e-7)).toBe('4e−7');
    expect(tickText(1.2e-6, 2e-7)).toBe('1.2e−6');
  });

  test('are none for a range without extent', () => {
    expect(roundTicks({ low: 1, high: 1 }, 4).ticks).toEqual([]);
  });
});

describe('ranges', () => {
  test('leave room, but never go below zero for values that are not', () => {
    const { low, high } = paddedRange(rangeOf([0.001, 0.1]));
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(0.1);
    expect(paddedRange(rangeOf([-1, 1])).low).toBeLessThan(-1);
  });

  test('have an extent for one value, and for none', () => {
    expect(paddedRange(rangeOf([2, 2]))).toEqual({ low: 1, high: 3 });
    expect(paddedRange(rangeOf([]))).toEqual({ low: 0, high: 1 });
    expect(rangeOf([])).toBeUndefined();
  });

  test('join', () => {
    expect(union({ low: 0, high: 1 }, { low: -1, high: 0.5 })).toEqual({ low: -1, high: 1 });
    expect(union(undefined, { low: 0, high: 1 })).toEqual({ low: 0, high: 1 });
  });
});

describe('numbers', () => {
  test('have four figures that count', () => {
    expect(valueText(0.00123456)).toBe('0.001235');
    expect(valueText(12.3456)).toBe('12.35');
    expect(valueText(1.23456e-7)).toBe('1.235e−7');
    expect(valueText(0)).toBe('0');
  });

  test('have their sign, but no negative zero', () => {
    expect(signedText(-0.615)).toMatch(/^−0\.6[12]$/);
    expect(signedText(0.83)).toBe('+0.83');
    expect(signedText(-0.001)).toBe('+0.00');
    expect(slopeText(0.17986)).toBe('+0.180');
    expect(slopeText(-2.0771)).toBe('−2.08');
    expect(slopeText(0.00012)).toBe('+1.2e−4');
  });
});

describe('ramps', () => {
  const lightness = (color: string): number => {
    const [red, green, blue] = parseColor(color) ?? [0, 0, 0];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };

  for (const [kind, { background, series }] of Object.entries(pictureColors)) {
    test(`grow evenly away from the background (${kind})`, () => {
      const ramp = makeRamp(manyHues(series, background), background);
      const steps = [0, 0.25, 0.5, 0.75, 1].map((age) => lightness(ramp(age)));
      const away = isDark(background) ? steps : steps.map((one) => -one);
      expect([...away].sort((a, b) => a - b)).toEqual(away);
      expect(contrast(ramp(0), background)).toBeGreaterThan(3);
      expect(contrast(ramp(1), background)).toBeGreaterThan(7);
    });
  }

  test('of one hue stay told apart from the background', () => {
    for (const { background, series } of Object.values(pictureColors)) {
      for (const color of series) {
        expect(contrast(makeRamp([color], background)(0), background)).toBeGreaterThan(3);
        expect(contrast(makeRamp([color], background)(1), background)).toBeGreaterThan(5);
      }
    }
  });

  test('keep the hue of one colour', () => {
    const ramp = makeRamp(['#3794ff'], '#1f1f1f');
    for (const age of [0, 0.5, 1]) {
      const [red, , blue] = parseColor(ramp(age)) ?? [1, 1, 0];
      expect(blue).toBeGreaterThan(red);
    }
  });

  test('read what theme variables hold', () => {
    expect(parseColor('#fff')).toEqual([1, 1, 1]);
    expect(parseColor('#00ff0080')).toEqual([0, 1, 0]);
    expect(parseColor(' rgba(255, 0, 51, 0.5)')).toEqual([1, 0, 0.2]);
    expect(parseColor('transparent')).toBeUndefined();
    expect(parseColor('')).toBeUndefined();
  });
});

function contrast(one: string, other: string): number {
  const luminance = (color: string): number => {
    const [r = 0, g = 0, b = 0] = (parseColor(color) ?? [0, 0, 0]).map((channel) =>
      channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe('plots', () => {
  const frame = plotFrame(
    { width: 200, height: 150 },
    { x: { low: 0, high: 1 }, y: { low: 0, high: 2 } },
  );

  test('stand values between the ends of their axes', () => {
    expect(xOf(frame, 0)).toBe(frame.left);
    expect(xOf(frame, 1)).toBe(frame.right);
    expect(yOf(frame, 0)).toBe(frame.bottom);
    expect(yOf(frame, 2)).toBe(frame.top);
  });

  test('draw a line as far as it is inside', () => {
    const line = clippedLine(frame, { slope: 4, meanX: 0.25, meanY: 1 }, { low: 0, high: 1 });
    expect(line?.[0]).toBeCloseTo(frame.left, 9);
    expect(line?.[1]).toBeCloseTo(frame.bottom, 9);
    expect(line?.[2]).toBeCloseTo(xOf(frame, 0.5), 9);
    expect(line?.[3]).toBeCloseTo(frame.top, 9);
  });

  test('draw no line that lies outside', () => {
    const along = { low: 0, high: 1 };
    expect(clippedLine(frame, { slope: 0, meanX: 0, meanY: 3 }, along)).toBeUndefined();
    expect(clippedLine(frame, { slope: 1, meanX: 0, meanY: 5 }, along)).toBeUndefined();
  });
});

describe('pictures', () => {
  test('move as a whole', () => {
    const moved = moveShapes(
      [
        { kind: 'line', points: [1, 2, 3, 4], color: 'red', width: 1 },
        { kind: 'text', x: 1, y: 2, text: 'a', color: 'red', size: 10 },
      ],
      10,
      100,
    );
    expect(moved[0]).toMatchObject({ points: [11, 102, 13, 104] });
    expect(moved[1]).toMatchObject({ x: 11, y: 102 });
  });

  test('have a shape of its own for each marker', () => {
    const shapes = markers.map((marker) => markerOutline(marker, 3).join());
    expect(new Set(shapes).size).toBe(markers.length);
  });

  test('escape what a name holds', () => {
    const text = { kind: 'text' as const, x: 0, y: 0, text: '<a & "b">', color: 'red', size: 10 };
    const scene = { width: 10, height: 10, background: '#fff', font: 'sans-serif', shapes: [text] };
    const svg = sceneSvg(scene);
    expect(svg).toContain('&lt;a &amp; &quot;b&quot;&gt;');
  });

  test('show each run with its own marker, its line and its correlation', () => {
    const points = [0, 1, 2, 3].map((one) => ({ deltaD: one, deltaM: one / 2, age: one / 3 }));
    const fit = { module: 'all', slope: 0.5, correlation: 1, points: 4, interval: null };
    const run = { label: 'LoRA r16', points, fit };
    const other = { label: 'FT', points: points.slice(1), fit: undefined };
    const colors = pictureColors.dark;
    const svg = slopeSvg({ runs: [run, other], width: 320, height: 200, colors });
    expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 320 200"/);
    expect(svg).toContain('>LoRA r16 · r = +1.00</text>');
    expect(svg).toContain('>FT</text>');
    // Four ages and the legend of the one, three and the legend of the other.
    expect(svg.match(/<path [^>]*fill="#/g)).toHaveLength(9);
    expect(svg.match(/stroke-width="1.5"/g)).toHaveLength(1);
    expect(svg.match(/NaN|Infinity|undefined/g)).toBeNull();
  });

  test('of a run without points are still pictures', () => {
    const runs = [{ label: 'FT', points: [], fit: undefined }];
    const svg = slopeSvg({ runs, width: 320, height: 200, colors: pictureColors.light });
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});
