// Charts of updates as data: what they show, how keys go through them, what is exported.
import { describe, expect, test } from 'vitest';
import { pictureColors } from '../../../extension/shared/slopes/pictureColors';
import type { Shape } from '../../../extension/shared/slopes/scene';
import { sceneSvg } from '../../../extension/shared/slopes/svg';
import { untranslated as t } from '../../../extension/shared/translate';
import type { UpdatesMeasurement } from '../../../extension/shared/updates';
import { updatesScene } from '../../../webview/slopes/updates/updatesFigure';
import { moduleGrid } from '../../../webview/slopes/updates/grid';
import {
  cellAt,
  cellByKey,
  heatShapes,
  heightFor,
  placeOf,
  valueAt,
  type HeatMapModel,
} from '../../../webview/slopes/updates/heatCells';
import { histogramShapes, lengthsByType } from '../../../webview/slopes/updates/lengths';
import { changeText, decimalsFor, moduleText } from '../../../webview/slopes/updates/names';
import { rankGrids, spectrumShapes } from '../../../webview/slopes/updates/ranks';
import {
  mostDirections,
  pairModel,
  similarityAt,
  summaryGrid,
} from '../../../webview/slopes/updates/subspaces';
import { similarityText } from '../../../webview/slopes/updates/subspaceTexts';
import { updatesCsv } from '../../../webview/slopes/updates/updatesCsv';
import { pick } from '../../../webview/slopes/updates/chosenSubjects';

const colors = pictureColors.dark;
const q = (layer: number): string => `model.layers.${layer}.self_attn.q_proj`;
const up = (layer: number): string => `model.layers.${layer}.mlp.up_proj`;

function module(name: string, values: number[], meanChange: number) {
  const effectiveRank = values.length === 0 ? null : values.length - 0.5;
  return { name, values, effectiveRank, meanChange, counts: [1, 2, 1] };
}

const measurement: UpdatesMeasurement = {
  base: '/m',
  adapters: [
    {
      path: '/a/lora',
      modules: [
        module(q(0), [4, 2], 0.1),
        module(q(1), [1, 0.5], 0.3),
        module(up(1), [1, 0.1, 0.01], -0.2),
      ],
    },
    { path: '/a/full', modules: [module(q(0), [], 0.05)] },
  ],
  edges: [-0.3, -0.1, 0.1, 0.3],
  similarity: [
    {
      name: q(1),
      output: [
        [0.25, 0.5, 0.5],
        [0.5, 0.75, 1],
      ],
      outputSize: 10,
      input: [
        [0, 0, 0],
        [0, 0.5, 0.5],
      ],
      inputSize: 20,
    },
  ],
};

describe('a heat map', () => {
  const model: HeatMapModel = {
    ...{ rows: ['a', 'b'], columns: ['0', '1', '2'], rowTitle: '', columnTitle: 'layer' },
    ...{ values: [1, null, 3, 4, 5, null], low: 0, high: 5 },
  };
  const size = { width: 300, height: 120 };

  test('draws a box for each value, the largest as late as the scale goes', () => {
    const boxes = heatShapes(model, size, colors).filter(({ kind }) => kind === 'box');
    expect(boxes).toHaveLength(4);
    expect(new Set(boxes.map((box) => 'color' in box && box.color)).size).toBe(4);
    const texts = heatShapes(model, size, colors).flatMap((shape) =>
      shape.kind === 'text' ? [shape.text] : [],
    );
    expect(texts).toEqual(['a', 'b', '0', '1', '2', 'layer']);
  });

  test('finds the cell under the pointer, and none where there is no value', () => {
    const [x, y] = placeOf(model, size, { row: 1, column: 1 });
    expect(cellAt(model, size, x, y)).toEqual({ row: 1, column: 1 });
    const [besideX, besideY] = placeOf(model, size, { row: 0, column: 1 });
    expect(cellAt(model, size, besideX, besideY)).toBeUndefined();
    expect(cellAt(model, size, 1, 1)).toBeUndefined();
  });

  test('is walked through by arrows, over empty cells, to the ends and no further', () => {
    const start = cellByKey(model, undefined, 'ArrowRight');
    expect(start).toEqual({ row: 0, column: 0 });
    expect(cellByKey(model, start, 'ArrowRight')).toEqual({ row: 0, column: 2 });
    expect(cellByKey(model, start, 'ArrowLeft')).toEqual(start);
    expect(cellByKey(model, start, 'ArrowDown')).toEqual({ row: 1, column: 0 });
    expect(cellByKey(model, { row: 1, column: 0 }, 'End')).toEqual({ row: 1, column: 1 });
    expect(cellByKey(model, { row: 1, column: 1 }, 'Home')).toEqual({ row: 1, column: 0 });
    expect(cellByKey(model, start, 'a')).toBeUndefined();
  });

  test('shows names in steps where cells are many, and grows with its rows', () => {
    const many = moduleGrid(
      Array.from({ length: 80 }, (_, layer) => ({ name: q(layer), value: layer })),
      { low: 0, high: 79 },
      'layer',
    ).model;
    const names = heatShapes(many, size, colors).flatMap((shape) =>
      shape.kind === 'text' ? [shape.text] : [],
    );
    expect(names.length).toBeLessThan(20);
    expect(heightFor(model, 500)).toBeLessThan(heightFor(many, 500) + 100);
    expect(heightFor({ ...model, rows: new Array<string>(90).fill('') }, 500)).toBe(500);
  });
});

describe('effective ranks', () => {
  test('are laid out by type and layer on one scale, adapters without updates left out', () => {
    const grids = rankGrids(measurement, t);
    expect(grids.map(({ index }) => index)).toEqual([0]);
    const grid = grids[0]?.grid;
    expect(grid?.model).toMatchObject({
      ...{ rows: ['q_proj', 'up_proj'], columns: ['0', '1'], low: 0, high: 3 },
      values: [1.5, 1.5, null, 2.5],
    });
    expect(grid?.nameAt({ row: 1, column: 1 })).toBe(up(1));
    expect(grid?.cellOf(q(1))).toEqual({ row: 0, column: 1 });
    expect(grid && valueAt(grid.model, { row: 1, column: 0 })).toBeNull();
  });

  test('have singular values on an axis of powers of ten, zeros left out', () => {
    const line = { values: [10, 1, 0], color: '#fff', marker: 'circle' as const };
    const titles = { x: 'number', y: 'value' };
    const shapes = spectrumShapes([line], { width: 200, height: 100 }, colors, titles);
    const marks = shapes.find(({ kind }) => kind === 'marks');
    expect(marks && 'points' in marks && marks.points).toHaveLength(4);
    const texts = shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []));
    expect(texts).toEqual(expect.arrayContaining(['1', '10', 'number', 'value']));
  });
});

describe('row lengths', () => {
  test('are summed over the layers of a type, with the mean over rows', () => {
    const [queries, ups] = lengthsByType(measurement);
    expect(queries?.type).toBe('q_proj');
    expect(queries?.adapters[0]).toEqual({ counts: [2, 4, 2], rows: 8, mean: 0.2 });
    expect(queries?.adapters[1]).toMatchObject({ rows: 4, mean: 0.05 });
    expect(ups?.adapters[1]).toBeUndefined();
  });

  test('are bars of the first adapter and a line of the second, of the same height', () => {
    const [queries] = lengthsByType(measurement);
    if (queries === undefined) throw new Error('no queries');
    const size = { width: 200, height: 100 };
    const shapes = histogramShapes(queries, measurement.edges, size, colors);
    const bars = shapes.filter((shape): shape is Shape & { kind: 'box' } => shape.kind === 'box');
    expect(bars).toHaveLength(3);
    const tops = bars.map(({ y }) => y);
    const line = shapes.at(-1);
    const ys = line?.kind === 'line' ? line.points.filter((_, index) => index % 2 === 1) : [];
    expect(Math.min(...ys)).toBeCloseTo(Math.min(...tops), 9);
    const texts = shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []));
    expect(texts).toContain('0 %');
  });

  test('are said with a sign and as many digits as count', () => {
    expect(changeText(-0.0123, decimalsFor(0.0123))).toBe('−1.2 %');
    expect(changeText(0.00004, decimalsFor(0.00004))).toBe('+0.0040 %');
    expect(changeText(-0, 1)).toBe('+0.0 %');
    expect(moduleText(q(3), t)).toBe('q_proj, layer 3');
  });
});

describe('subspaces', () => {
  const [pair] = measurement.similarity ?? [];
  if (pair === undefined) throw new Error('no pair');

  test('are compared at a number of directions, or at all where there are fewer', () => {
    expect(similarityAt(pair, 'output', 1)).toEqual({ value: 0.25, chance: 0.1, i: 1, j: 1 });
    expect(similarityAt(pair, 'output', 9)).toEqual({ value: 1, chance: 0.3, i: 2, j: 3 });
    expect(similarityText(similarityAt(pair, 'input', 2), t)).toBe(
      'the first 2 and 2 directions share 0.500; by chance it would be 0.100',
    );
    expect(mostDirections([pair])).toBe(3);
  });

  test('of all modules stand by type and layer, of one by direction', () => {
    expect(summaryGrid([pair], 'output', 2, t).model.values).toEqual([0.75]);
    const model = pairModel(pair, 'input', { rows: 'i', columns: 'j' });
    expect(model).toMatchObject({ rows: ['1', '2'], columns: ['1', '2', '3'], low: 0, high: 1 });
    expect(valueAt(model, { row: 1, column: 2 })).toBe(0.5);
  });
});

describe('what is chosen', () => {
  const subject = (folder: string, base = '/m') => ({ folder, base, label: folder });
  const all = [subject('/a'), subject('/other', '/n'), subject('/b')];

  test('is the first, compared with the next one on its base', () => {
    const { first, second } = pick(all, { first: null, second: null });
    expect([first?.folder, second?.folder]).toEqual(['/a', '/b']);
  });

  test('is what the user asked for; what is gone falls back', () => {
    expect(pick(all, { first: '/b', second: '' })).toMatchObject({
      first: { folder: '/b' },
      second: undefined,
    });
    expect(pick(all, { first: '/gone', second: '/gone' })).toMatchObject({
      first: { folder: '/a' },
      second: undefined,
    });
    expect(pick([], { first: null, second: null })).toEqual({});
  });
});

describe('exports', () => {
  const theme = { colors, font: 'sans-serif', isHighContrast: false };
  const props = {
    ...{ measurement, theme, labels: ['LoRA', 'FT'], module: null },
    look: { side: 'output' as const, directions: 8 },
    t,
  };

  test('as CSV: singular values, bins, every pair of directions', () => {
    const [head, first] = updatesCsv('ranks', measurement).split('\r\n');
    expect(head).toBe('adapter,module,type,layer,effectiveRank,number,singularValue');
    expect(first).toBe(`lora,${q(0)},q_proj,0,1.5,1,4`);
    expect(updatesCsv('lengths', measurement).split('\r\n')[3]).toBe(
      `lora,${q(0)},q_proj,0,0.1,0.1,0.3,1`,
    );
    const pairs = updatesCsv('subspaces', measurement).trim().split('\r\n');
    expect(pairs).toHaveLength(1 + 2 * 6);
    expect(pairs.at(-1)).toBe(`${q(1)},q_proj,1,input,2,3,0.5`);
  });

  test.each([
    ['ranks', ['LoRA', 'Singular values of q_proj, layer 0']],
    ['lengths', ['q_proj', 'up_proj']],
    ['subspaces', ['First 3 directions of every module', 'q_proj, layer 1:']],
  ] as const)('as a picture of %s with its titles', (chart, titles) => {
    const scene = updatesScene(chart, props);
    expect(scene.height).toBeGreaterThan(200);
    const svg = sceneSvg(scene);
    for (const title of titles) expect(svg).toContain(title);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});
