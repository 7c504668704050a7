import { describe, expect, test } from 'vitest';
import type { SlopeRun, SlopesPageState } from '../../extension/shared/pages/slopesPage';
import type { RunEvent } from '../../extension/shared/run';
import { fitSlopes } from '../../extension/shared/slopeFits';
import { correlationAxisShapes } from '../../extension/shared/slopes/correlationAxis';
import { pictureColors } from '../../extension/shared/slopes/pictureColors';
import { plotFrame, xOf, yOf } from '../../extension/shared/slopes/plot';
import { SampleTable } from '../../extension/shared/slopes/samples';
import { sceneSvg } from '../../extension/shared/slopes/svg';
import { changes } from '../../webview/slopes/changes';
import { slopesCsv } from '../../webview/slopes/csv';
import { developmentOf, developmentShapes, stepAt } from '../../webview/slopes/development';
import { figureScene, wrapped } from '../../webview/slopes/figure';
import { exportName } from '../../webview/slopes/files';
import { makeLooks } from '../../webview/slopes/looks';
import { makePlots, typesOf } from '../../webview/slopes/plots';
import { fitRows, nextSorting, pointRows, sortRows } from '../../webview/slopes/rows';
import {
  currentPoints,
  pathOf,
  pointAt,
  pointByKey,
  pointTexts,
  selectedModule,
  selectionOf,
} from '../../webview/slopes/selection';
import { changeAt, makeSeries, parseLayers, shownModules } from '../../webview/slopes/series';
import { filterOf, focusOf, usualSettings } from '../../webview/slopes/settings';
import { cautionTexts, fitText, readingText, waitingText } from '../../webview/slopes/texts';
import { ageOf, agesOf, measuredSteps, shownStep, spansOf } from '../../webview/slopes/timeline';

const t = (message: string, ...values: (string | number)[]): string =>
  message.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)]));

const layers = [0, 1, 2, 3, 4, 5, 6, 7];
const everything = { hidden: [], layers: [] };

/** Of the methods of the paper: one whose layers move as LoRA's, one whose layers move as full fine-tuning's. */
function eventsOf(sign: 1 | -1, steps: readonly number[]): RunEvent[] {
  return steps.map((step, index) => {
    const modules = layers.flatMap((layer) =>
      ['self_attn.q_proj', 'self_attn.v_proj', 'mlp.up_proj'].map((type, place) => ({
        name: `model.layers.${layer}.${type}`,
        deltaD: 0.01 * (place + 1) + 0.001 * layer + 0.0001 * index,
        deltaM: 0.05 * (place + 1) + sign * 0.002 * layer + 0.0001 * ((layer * 7) % 3),
      })),
    );
    return { seq: index, type: 'slope', step, modules, fits: fitSlopes(modules) };
  });
}

function runOf(
  given: Partial<SlopeRun> = {},
  sign: 1 | -1 = 1,
  steps = [10, 20, 30, 40, 50],
): SlopeRun {
  const { names, samples } = new SampleTable().add(eventsOf(sign, steps), false);
  return {
    folder: '/runs/20261124T000000Z-lora-r8-aaaa',
    label: 'LoRA r8',
    experiment: 'boolq',
    method: 'lora',
    state: 'done',
    step: 50,
    steps: 50,
    every: 10,
    names,
    samples,
    problem: undefined,
    ...given,
  };
}

const full = { folder: '/runs/full', label: 'FT', method: 'full' };
const series = [makeSeries(runOf(), 0), makeSeries(runOf(full, -1, [25, 50]), 1)];
const [lora, ft] = series;
if (lora === undefined || ft === undefined) throw new Error('two runs');

function plotOf(type: string, given: Partial<Parameters<typeof makePlots>[1]> = {}) {
  const request = { scope: 'all' as const, step: 50, filter: everything, sameScale: false };
  const plot = makePlots(series, { ...request, ...given }).find((one) => one.type === type);
  if (plot === undefined) throw new Error(`no plot of ${type}`);
  return plot;
}

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

describe('points', () => {
  const plot = plotOf('q_proj');
  const frame = plotFrame({ width: 300, height: 200 }, plot.domain);
  const points = currentPoints(plot);
  const [first] = points;
  if (first === undefined) throw new Error('a point');

  test('are found where they are drawn, and nowhere else', () => {
    const found = pointAt(plot, frame, xOf(frame, first.deltaD) + 1, yOf(frame, first.deltaM) - 1);
    expect(found).toEqual(first);
    expect(pointAt(plot, frame, -100, -100)).toBeUndefined();
  });

  test('are gone through by arrow keys', () => {
    const start = pointByKey(points, undefined, 'Home');
    const next = pointByKey(points, start, 'ArrowRight');
    expect(next?.deltaD).toBeGreaterThanOrEqual(start?.deltaD ?? Infinity);
    expect(pointByKey(points, start, 'ArrowLeft')).toEqual(start);
    const up = pointByKey(points, start, 'ArrowUp');
    expect(up?.deltaM).toBeGreaterThanOrEqual(start?.deltaM ?? Infinity);
    expect(pointByKey(points, start, 'a')).toBeUndefined();
    const seen = new Set<string>();
    for (let point = start; point !== undefined && seen.size < points.length;) {
      seen.add(`${point.index} ${point.module.name}`);
      point = pointByKey(points, point, 'ArrowRight');
    }
    expect(seen.size).toBe(points.length);
  });

  test('say their layer, step and values', () => {
    expect(pointTexts(first, t)).toEqual(['layer 0 q_proj, step 50', 'ΔD 0.01040, ΔM 0.05000']);
  });

  test('mark the same layer in every plot and run', () => {
    const selection = selectionOf(first);
    expect(selectedModule(ft, selection, 'v_proj')?.name).toBe('model.layers.0.self_attn.v_proj');
    expect(selectedModule(ft, selection, 'all')?.name).toBe('model.layers.0.self_attn.q_proj');
    const head = { name: 'lm_head', type: 'lm_head', layer: null };
    expect(selectedModule(ft, head, 'v_proj')).toBeUndefined();
  });

  test('have a path over the steps', () => {
    const path = pathOf(lora, first.module, 30);
    expect(path.map(({ step }) => step)).toEqual([10, 20, 30]);
    expect(path[0]?.deltaD).toBeLessThan(path[2]?.deltaD ?? 0);
  });
});

describe('tables', () => {
  test('have a row a fit and a row a point', () => {
    const plots = [plotOf('q_proj')];
    expect(fitRows(plots, (type) => type)).toHaveLength(2);
    const rows = pointRows(plots, (index) => series[index]?.run.label ?? '');
    expect(rows).toHaveLength(16);
    expect(rows[0]).toMatchObject({ run: 'LoRA r8', step: 50, layer: 0, module: 'q_proj' });
  });

  test('are sorted by numbers as numbers, with nothing last', () => {
    const rows = [{ a: 10 }, { a: null }, { a: 9 }];
    const sorted = (descending: boolean) =>
      sortRows(rows, { column: 'a', descending }).map(({ a }) => a);
    expect(sorted(false)).toEqual([9, 10, null]);
    expect(sorted(true)).toEqual([10, 9, null]);
  });

  test('turn round at a second click', () => {
    const first = nextSorting<'a' | 'b'>({ column: 'a', descending: false }, 'b');
    expect(first).toEqual({ column: 'b', descending: false });
    expect(nextSorting(first, 'b')).toEqual({ column: 'b', descending: true });
  });
});

describe('the development', () => {
  const lines = series.map((one) => developmentOf(one, 'q_proj', 'step', everything));
  const picture = {
    ...{ width: 400, height: 120, colors: pictureColors.dark, lines },
    ...{ first: 10, last: 50, step: 30 },
    look: () => ({ marker: 'circle' as const, color: '#ffffff' }),
  };

  test('has a correlation a measured step', () => {
    expect(lines.map(({ values }) => values.map(({ step }) => step))).toEqual([
      [10, 20, 30, 40, 50],
      [25, 50],
    ]);
    expect(lines[0]?.values[0]?.correlation).toBeGreaterThan(0.9);
    expect(lines[1]?.values[0]?.correlation).toBeLessThan(-0.9);
  });

  test('is drawn with the references, and finds the step of a click', () => {
    const texts = developmentShapes(picture).flatMap((shape) =>
      shape.kind === 'text' ? [shape.text] : [],
    );
    expect(texts).toEqual(expect.arrayContaining(['FT −0.62', 'DoRA −0.31', 'LoRA +0.83']));
    expect(stepAt(picture, 0)).toBe(10);
    expect(stepAt(picture, 400)).toBe(50);
    expect(stepAt(picture, 180)).toBeGreaterThan(stepAt(picture, 120));
  });
});

describe('exports', () => {
  const plots = ['q_proj', 'v_proj', 'up_proj'].map((type) => plotOf(type));
  const colors = pictureColors.light;
  const looks = makeLooks(series, colors, agesOf(series));
  const request = {
    ...{ plots, focus: plotOf('q_proj'), scope: 'all' as const, step: 50, selection: null },
    ...{ looks, colors, font: 'sans-serif', t },
  };

  test('have a line a point, by run and step', () => {
    const lines = slopesCsv(series, plots).split('\r\n');
    expect(lines[0]).toBe('experiment,run,folder,step,module,type,layer,deltaD,deltaM');
    // Two runs of 8 layers of 3 modules, at 5 and 2 steps.
    expect(lines).toHaveLength(1 + 8 * 3 * 7 + 1);
    expect(lines[1]).toBe(
      'boolq,LoRA r8,20261124T000000Z-lora-r8-aaaa,10,model.layers.0.self_attn.q_proj,q_proj,0,0.01,0.05',
    );
  });

  test('quote what a comma or a quote would break', () => {
    const odd = makeSeries(runOf({ label: 'rate 1,5 "best"' }), 0);
    const [line] = slopesCsv([odd], [plotOf('q_proj')])
      .split('\r\n')
      .slice(1);
    expect(line).toContain('"rate 1,5 ""best"""');
  });

  test('draw every plot and reading into one picture', () => {
    const scene = figureScene(request);
    const svg = sceneSvg(scene);
    for (const text of ['q_proj', 'v_proj', 'up_proj', 'Slope diagnostics', 'LoRA r8:']) {
      expect(svg).toContain(text);
    }
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    const lowest = Math.max(
      ...scene.shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.y] : [])),
    );
    expect(scene.height).toBeGreaterThan(lowest);
  });

  test('keep words whole', () => {
    expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
  });

  test('are named after what they show', () => {
    expect(exportName(series, 50, 'svg')).toBe('slopes-2-runs-step-50.svg');
    expect(exportName([lora], 50, 'csv')).toBe('slopes-LoRA-r8-step-50.csv');
  });

  test('mark the paper and each run on the axis', () => {
    const rows = [
      {
        correlation: -0.62,
        interval: [-0.8, -0.1] as const,
        marker: 'circle' as const,
        color: '#f00',
      },
      { correlation: null, interval: null, marker: 'circle' as const, color: '#0f0' },
    ];
    const shapes = correlationAxisShapes({ width: 400, colors, rows });
    const marks = shapes.flatMap((shape) => (shape.kind === 'marks' ? [shape] : []));
    const reference = shapes.find((shape) => shape.kind === 'text' && shape.text === 'FT');
    expect(marks).toHaveLength(1);
    expect(marks[0]?.points[0]).toBeCloseTo(reference?.kind === 'text' ? reference.x : NaN, 9);
  });
});

describe('texts', () => {
  test('of a reading say figure, meaning, surprise and the last step alone', () => {
    const [fit, other] = plotOf('q_proj').fits;
    if (fit === undefined || other === undefined) throw new Error('two fits');
    expect(readingText(fit, t)).toMatch(
      /^Correlation \+[01]\.\d\d \(95 % .*\) over 40 points\. It is nearer to LoRA .* alone it is \+\d\.\d\d\.$/,
    );
    expect(readingText(other, t)).toMatch(/nearer to full fine-tuning \(−0\.62\)/);
    const asIfFull = { ...fit, series: { ...fit.series, run: { ...fit.series.run, ...full } } };
    expect(readingText(asIfFull, t)).toContain('The paper found −0.62 for FT.');
  });

  test('of a fit are short', () => {
    const fit = { module: 'q_proj', slope: 0.18, correlation: -0.45, points: 30 };
    expect(fitText({ ...fit, interval: [-0.71, -0.1] }, t)).toBe(
      'slope +0.180 · r −0.45 (−0.71 to −0.10)',
    );
    expect(fitText({ ...fit, slope: null, interval: null }, t)).toBe('no line yet');
  });

  test('warn of what the paper did not measure', () => {
    expect(cautionTexts('q_proj', 'step', t)).toHaveLength(1);
    expect(cautionTexts('v_proj', 'all', t).join(' ')).toMatch(/grow while training.*q_proj/s);
  });

  test('say when the first measurement comes', () => {
    const empty = { samples: [], names: [], step: 3, steps: 200 };
    const running = { ...empty, state: 'running' as const };
    expect(waitingText(runOf(running), t)).toMatch(/first at step 10 .* it is at step 3\./);
    expect(waitingText(runOf({ ...running, every: 0 }), t)).toMatch(/first checkpoint/);
    expect(waitingText(runOf({ ...empty, state: 'failed' }), t)).toMatch(/ended before/);
    expect(waitingText(runOf({ problem: 'It is gone.' }), t)).toBe('It is gone.');
    expect(waitingText(runOf(), t)).toBeUndefined();
  });
});

describe('changes of the state', () => {
  const state: SlopesPageState = {
    runs: [runOf()],
    diagnosis: undefined,
    step: undefined,
    leftOut: 0,
  };
  const [run] = state.runs;
  if (run === undefined) throw new Error('a run');

  test('add what is new to the run it belongs to', () => {
    const table = new SampleTable();
    table.add(eventsOf(1, [10]), false);
    const news = table.add(eventsOf(1, [60]), false);
    const { runs } = changes.samplesChanged(state, { folder: run.folder, ...news });
    expect(runs[0]?.samples.map(({ step }) => step)).toEqual([10, 20, 30, 40, 50, 60]);
    expect(changes.samplesChanged(state, { folder: '/other', ...news }).runs).toEqual(state.runs);
  });

  test('keep the samples when only the step goes on', () => {
    const progress = { folder: run.folder, state: 'running' as const, step: 51, steps: 90 };
    const { runs } = changes.progressed(state, progress);
    expect(runs[0]).toMatchObject({ step: 51, steps: 90, state: 'running' });
    expect(runs[0]?.samples).toBe(run.samples);
  });
});
