import { describe, expect, test } from 'vitest';
import { moduleLayer, moduleType, sortedTypes } from '../../../extension/shared/modules';
import type { RunEvent, SlopeFit } from '../../../extension/shared/run';
import { fitSlopes } from '../../../extension/shared/slopeFits';
import {
  figureText,
  meaningText,
  nearness,
  surpriseText,
  verdictOf,
} from '../../../extension/shared/slopes/readings';
import { joinSamples, SampleTable } from '../../../extension/shared/slopes/samples';
import { StepSums } from '../../../extension/shared/slopes/stepFits';

const t = (message: string, ...values: (string | number)[]): string =>
  message.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)]));

function fitOf(given: Partial<SlopeFit>): SlopeFit {
  return { module: 'q_proj', slope: 1, correlation: 0, points: 30, interval: null, ...given };
}

function slope(step: number, changes: Record<string, [number, number]>): RunEvent {
  const modules = Object.entries(changes).map(([name, [deltaD, deltaM]]) => {
    return { name, deltaD, deltaM };
  });
  return { seq: step, type: 'slope', step, modules, fits: fitSlopes(modules) };
}

describe('module names', () => {
  test('tell type and layer', () => {
    expect(moduleType('model.layers.12.self_attn.q_proj')).toBe('q_proj');
    expect(moduleLayer('model.layers.12.self_attn.q_proj')).toBe(12);
    expect(moduleType('lm_head')).toBe('lm_head');
    expect(moduleLayer('lm_head')).toBeUndefined();
  });

  test('are sorted as in a layer, others after', () => {
    expect(sortedTypes(['lm_head', 'down_proj', 'q_proj'])).toEqual([
      'q_proj',
      'down_proj',
      'lm_head',
    ]);
  });
});

describe('samples', () => {
  test('carry each name once, at the same place', () => {
    const table = new SampleTable();
    const first = table.add([slope(10, { a: [1, 2], b: [3, 4] })], false);
    const next = table.add([slope(20, { b: [5, 6], c: [7, 8] })], false);
    expect(first.names).toEqual(['a', 'b']);
    expect(next.names).toEqual(['a', 'b', 'c']);
    expect(next.samples[0]).toMatchObject({ deltaD: [null, 5, 7], deltaM: [null, 6, 8] });
  });

  test('of steps after the one a run went on from are void', () => {
    const table = new SampleTable();
    const known = table.add(
      [10, 20, 30].map((step) => slope(step, { a: [step, 1] })),
      false,
    );
    const resumed: RunEvent = { seq: 4, type: 'resumed', step: 20 };
    const news = table.add([resumed, slope(30, { a: [31, 1] })], false);
    expect(news.keepTo).toBe(20);
    const joined = joinSamples(known.samples, news);
    expect(joined.map(({ deltaD }) => deltaD[0])).toEqual([10, 20, 31]);
  });

  test('of one reading are void as well', () => {
    const resumed: RunEvent = { seq: 4, type: 'resumed', step: 10 };
    const events = [slope(10, { a: [1, 1] }), slope(20, { a: [2, 1] }), resumed];
    const { samples } = new SampleTable().add(events, false);
    expect(samples.map(({ step }) => step)).toEqual([10]);
  });

  test('begin anew with the file', () => {
    const table = new SampleTable();
    const known = table.add([slope(10, { a: [1, 1] })], false);
    const news = table.add([slope(5, { a: [2, 1] })], true);
    expect(joinSamples(known.samples, news).map(({ step }) => step)).toEqual([5]);
  });

  test('of a step that is measured twice count as last measured', () => {
    const table = new SampleTable();
    const known = table.add([slope(10, { a: [1, 1] })], false);
    const news = table.add([slope(10, { a: [2, 1] })], false);
    expect(joinSamples(known.samples, news).map(({ deltaD }) => deltaD[0])).toEqual([2]);
  });
});

describe('fits over steps', () => {
  const events = [1, 2, 3, 4].map((step) =>
    slope(
      step * 10,
      Object.fromEntries(
        [0, 1, 2, 3, 4].map((layer) => [
          `model.layers.${layer}.self_attn.q_proj`,
          [0.01 * step + 0.002 * layer, 0.02 * step - 0.003 * layer * layer + 0.1],
        ]),
      ),
    ),
  );
  const { names, samples } = new SampleTable().add(events, false);
  const sums = new StepSums(names.length, samples);
  const layers = new Map(names.map((name, place) => [place, moduleLayer(name)]));
  const changes = (from: number, to: number) =>
    events.slice(from, to).flatMap((event) => (event.type === 'slope' ? event.modules : []));

  test('agree with a fit of the points themselves', () => {
    for (const [from, to] of [
      [0, 4],
      [1, 3],
      [2, 3],
    ] as const) {
      const [expected] = fitSlopes(changes(from, to));
      const fit = sums.fit('q_proj', layers, [{ from, to }]);
      expect(fit.points).toBe(expected?.points);
      expect(fit.slope).toBeCloseTo(expected?.slope ?? NaN, 6);
      expect(fit.correlation).toBeCloseTo(expected?.correlation ?? NaN, 6);
    }
  });

  test('count several spans together', () => {
    const apart = [
      { from: 0, to: 1 },
      { from: 3, to: 4 },
    ];
    const [expected] = fitSlopes([...changes(0, 1), ...changes(3, 4)]);
    const fit = sums.fit('q_proj', layers, apart);
    expect(fit.correlation).toBeCloseTo(expected?.correlation ?? NaN, 6);
    expect(fit.points).toBe(10);
  });

  test('at one step have the interval of its points', () => {
    const [expected] = fitSlopes(changes(3, 4));
    const fit = sums.fit('q_proj', layers, [{ from: 3, to: 4 }]);
    expect(fit.interval?.[0]).toBeCloseTo(expected?.interval?.[0] ?? NaN, 4);
    expect(fit.interval?.[1]).toBeCloseTo(expected?.interval?.[1] ?? NaN, 4);
  });

  test('go through the mean of their points', () => {
    const fit = sums.fit('q_proj', layers, [{ from: 0, to: 4 }]);
    expect(fit.meanD).toBeCloseTo(0.029, 9);
    expect(fit.meanM).toBeCloseTo(0.132, 9);
  });

  test('of two layers have no interval', () => {
    const two = new Map([...layers].slice(0, 2));
    const fit = sums.fit('q_proj', two, [{ from: 0, to: 4 }]);
    expect(fit.points).toBe(8);
    expect(fit.correlation).not.toBeNull();
    expect(fit.interval).toBeNull();
  });

  test('of too few points, and of equal ones, have no correlation', () => {
    const one = new Map([...layers].slice(0, 1));
    expect(sums.fit('q_proj', one, [{ from: 0, to: 2 }]).correlation).toBeNull();
    const equal = new SampleTable().add(
      [slope(1, { a: [0.3, 0.1], b: [0.3, 0.2], c: [0.3, 0.3] })],
      false,
    );
    const groups = new Map([0, 1, 2].map((place) => [place, place]));
    const fit = new StepSums(3, equal.samples).fit('all', groups, [{ from: 0, to: 1 }]);
    expect(fit).toMatchObject({ points: 3, slope: null, correlation: null, interval: null });
  });
});

describe('nearness', () => {
  test('names the nearest first', () => {
    expect(nearness(-0.7)).toEqual({ near: ['full', 'dora'], far: ['lora'] });
    expect(nearness(-0.2)).toEqual({ near: ['dora', 'full'], far: ['lora'] });
    expect(nearness(0.9)).toEqual({ near: ['lora'], far: ['dora', 'full'] });
  });

  test('changes half way between DoRA and LoRA', () => {
    expect(nearness(0.25).near).toContain('dora');
    expect(nearness(0.27).near).toEqual(['lora']);
  });
});

describe('verdicts', () => {
  test('need points, and an interval on one side', () => {
    expect(verdictOf(fitOf({ correlation: null, points: 2 }))).toBe('undefined');
    expect(verdictOf(fitOf({ correlation: -0.9, points: 5, interval: [-1, -0.5] }))).toBe('few');
    expect(verdictOf(fitOf({ correlation: -0.9, interval: [-1, 0.5] }))).toBe('undecided');
    expect(verdictOf(fitOf({ correlation: -0.9 }))).toBe('undecided');
    expect(verdictOf(fitOf({ correlation: -0.1, interval: [-0.3, 0.1] }))).toBe('between');
    expect(verdictOf(fitOf({ correlation: 0.1, interval: [0.02, 0.2] }))).toBe('between');
    expect(verdictOf(fitOf({ correlation: -0.4, interval: [-0.7, -0.1] }))).toBe('likeFull');
    expect(verdictOf(fitOf({ correlation: 0.8, interval: [0.5, 0.9] }))).toBe('likeLora');
  });
});

describe('sentences', () => {
  test('give the figure with its interval', () => {
    const fit = fitOf({ correlation: -0.45, interval: [-0.71, -0.1] });
    expect(figureText(fit, t)).toBe('correlation −0.45 (95 % −0.71 to −0.10) over 30 points');
    expect(figureText(fitOf({ correlation: 0.5 }), t)).toBe('correlation +0.50 over 30 points');
    expect(figureText(fitOf({ correlation: null, points: 2 }), t)).toMatch(
      /three points and has 2/,
    );
    expect(figureText(fitOf({ correlation: null }), t)).toMatch(/30 points/);
  });

  test('say what a negative correlation is like', () => {
    const text = meaningText(fitOf({ correlation: -0.45, interval: [-0.71, -0.1] }), t);
    expect(text).toMatch(/^It is nearer to DoRA \(−0\.31\) and full fine-tuning \(−0\.62\)/);
    expect(text).toMatch(/than to LoRA \(\+0\.83\): .* independently\.$/);
  });

  test('promise no more than an interval about zero allows', () => {
    const text = meaningText(fitOf({ correlation: -0.05, interval: [-0.3, 0.2] }), t);
    expect(text).toMatch(/says little/);
  });

  test('say what a positive correlation is like', () => {
    const text = meaningText(fitOf({ correlation: 0.9, interval: [0.7, 0.95] }), t);
    expect(text).toMatch(/nearer to LoRA \(\+0\.83\) than to DoRA .* move together\.$/);
  });

  test('say when it cannot be told', () => {
    const wide = fitOf({ correlation: 0.79, interval: [-0.77, 1] });
    expect(meaningText(wide, t)).toMatch(/^The interval is too wide to tell full fine-tuning/);
    expect(meaningText(fitOf({ correlation: 0.9, points: 5 }), t)).toMatch(/^Too few layers/);
    expect(meaningText(fitOf({ correlation: null }), t)).toBe('');
  });

  test('recall the paper where a run is on the other side', () => {
    const positive = fitOf({ correlation: 0.9, interval: [0.7, 0.95] });
    expect(surpriseText(positive, 'dora', t)).toBe('The paper found −0.31 for DoRA.');
    expect(surpriseText(positive, 'lora', t)).toBe('');
    expect(surpriseText(positive, 'vera', t)).toBe('');
    expect(surpriseText(fitOf({ correlation: 0.9, points: 5 }), 'full', t)).toBe('');
  });
});
