// What the slope page draws: which points and fits, of which steps and modules, on which axes.
import { describe, expect, test } from 'vitest';
import { makePlots, typesOf } from '../../../webview/slopes/plots';
import { changeAt, makeSeries, parseLayers, shownModules } from '../../../webview/slopes/series';
import { filterOf, focusOf, usualSettings } from '../../../webview/slopes/settings';
import { ageOf, agesOf, measuredSteps, shownStep, spansOf } from '../../../webview/slopes/timeline';
import { everything, runOf, series, lora, plotOf } from './sampledRuns';

describe('the timeline', () => {
  test('has every measured step once', () => {
    expect(measuredSteps(series)).toEqual([10, 20, 25, 30, 40, 50]);
  });

  test('shows the last step, or the one at or before what is wanted', () => {
    expect(shownStep([10, 20], null)).toBe(20);
    expect(shownStep([10, 20], 15)).toBe(10);
    expect(shownStep([10, 20], 5)).toBe(10);
    expect(shownStep([], null)).toBeUndefined();
  });

  test('takes one sample, four, or all up to the step', () => {
    expect(spansOf('step', lora, 45)).toEqual([{ from: 3, to: 4 }]);
    expect(spansOf('all', lora, 45)).toEqual([{ from: 0, to: 4 }]);
    expect(spansOf('four', lora, 50).map(({ from }) => from)).toEqual([0, 2, 3, 4]);
    expect(spansOf('four', lora, 20).map(({ from }) => from)).toEqual([0, 1]);
    expect(spansOf('all', lora, 5)).toEqual([]);
  });

  test('tells how late a step is; while a run goes on, by its planned end', () => {
    expect(ageOf(agesOf(series), 10)).toBe(0);
    expect(ageOf(agesOf(series), 50)).toBe(1);
    const running = [makeSeries(runOf({ state: 'running', steps: 90 }), 0)];
    expect(ageOf(agesOf(running), 50)).toBeCloseTo(0.5, 9);
    expect(ageOf({ first: 7, last: 7 }, 7)).toBe(1);
  });
});

describe('filters', () => {
  test('read layers as people write them', () => {
    expect(parseLayers('')).toEqual([]);
    expect(parseLayers(' 0-3, 7 ')).toEqual([
      { low: 0, high: 3 },
      { low: 7, high: 7 },
    ]);
    expect(parseLayers('3-')).toBeUndefined();
    expect(parseLayers('q_proj')).toBeUndefined();
  });

  test('let through the modules of some layers and types', () => {
    const filter = { hidden: ['up_proj'], layers: [{ low: 2, high: 3 }] };
    const names = shownModules(lora, 'all', filter).map(({ name }) => name);
    expect(names).toEqual([
      'model.layers.2.self_attn.q_proj',
      'model.layers.2.self_attn.v_proj',
      'model.layers.3.self_attn.q_proj',
      'model.layers.3.self_attn.v_proj',
    ]);
  });

  test('that cannot be read filter nothing', () => {
    expect(filterOf({ ...usualSettings, layers: '2-' }).layers).toEqual([]);
  });

  test('change what is fitted', () => {
    const filter = { hidden: [], layers: [{ low: 0, high: 3 }] };
    const [fit] = plotOf('q_proj', { filter, scope: 'step' }).fits;
    expect(fit?.points).toBe(4);
    expect(fit?.correlation).not.toBeCloseTo(
      plotOf('q_proj', { scope: 'step' }).fits[0]?.correlation ?? NaN,
      6,
    );
  });
});

describe('plots', () => {
  test('are one a type in the order of a layer, and one of all', () => {
    expect(typesOf(series)).toEqual(['q_proj', 'v_proj', 'up_proj']);
    const request = { scope: 'all' as const, step: 50, filter: everything, sameScale: false };
    const types = makePlots(series, request).map(({ type }) => type);
    expect(types).toEqual(['q_proj', 'v_proj', 'up_proj', 'all']);
    const hidden = { ...everything, hidden: ['v_proj', 'up_proj'] };
    const some = makePlots(series, { ...request, filter: hidden });
    expect(some.map(({ type }) => type)).toEqual(['q_proj']);
  });

  test('have the step that is shown apart from those before it', () => {
    const plot = plotOf('q_proj', { step: 30 });
    expect(plot.history.map(({ index, step }) => [index, step])).toEqual([
      [0, 10],
      [0, 20],
    ]);
    expect(plot.current.map(({ index, step }) => [index, step])).toEqual([
      [0, 30],
      [1, 25],
    ]);
  });

  test('of one step have the fits that the run wrote', () => {
    const [fit] = plotOf('q_proj', { scope: 'step' }).fits;
    const own = lora.run.samples.at(-1)?.fits.find(({ module }) => module === 'q_proj');
    expect(fit).toMatchObject({ ...own });
    expect(fit?.alone).toBeNull();
  });

  test('over all steps fit all points, and tell the last step apart', () => {
    const [fit] = plotOf('q_proj').fits;
    expect(fit?.points).toBe(40);
    const own = lora.run.samples.at(-1)?.fits.find(({ module }) => module === 'q_proj');
    expect(fit?.alone).toBeCloseTo(own?.correlation ?? NaN, 4);
    expect(plotOf('q_proj', { step: 10 }).fits[0]?.alone).toBeNull();
  });

  test('keep their axes while steps go by', () => {
    expect(plotOf('q_proj', { step: 10 }).domain).toEqual(plotOf('q_proj').domain);
    expect(plotOf('q_proj', { step: 10, scope: 'step' }).domain).not.toEqual(
      plotOf('q_proj', { scope: 'step' }).domain,
    );
  });

  test('have one scale for all when asked', () => {
    const request = { scope: 'all' as const, step: 50, filter: everything, sameScale: true };
    const [first, ...others] = makePlots(series, request);
    for (const other of others) expect(other.domain).toEqual(first?.domain);
  });

  test('make the points of a step once', () => {
    const [first] = plotOf('v_proj').history;
    const [again] = plotOf('v_proj', { step: 30 }).history;
    expect(again).toBe(first);
  });

  test('leave out what has not moved at all', () => {
    const sample = { step: 1, deltaD: [0, 0.1, null], deltaM: [0, 0, 0.2], fits: [] };
    expect(changeAt(sample, 0)).toBeUndefined();
    expect(changeAt(sample, 1)).toEqual({ deltaD: 0.1, deltaM: 0 });
    expect(changeAt(sample, 2)).toBeUndefined();
  });

  test('are about query matrices unless asked otherwise', () => {
    expect(focusOf(usualSettings, ['v_proj', 'q_proj', 'all'])).toBe('q_proj');
    expect(focusOf({ ...usualSettings, focus: 'v_proj' }, ['v_proj', 'q_proj'])).toBe('v_proj');
    expect(focusOf({ ...usualSettings, focus: 'gone' }, ['v_proj', 'all'])).toBe('all');
  });
});
