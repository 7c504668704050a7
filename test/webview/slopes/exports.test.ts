// The files that the slope page saves.
import { describe, expect, test } from 'vitest';
import { correlationAxisShapes } from '../../../extension/shared/slopes/correlationAxis';
import { pictureColors } from '../../../extension/shared/slopes/pictureColors';
import { sceneSvg } from '../../../extension/shared/slopes/svg';
import { slopesCsv } from '../../../webview/slopes/csv';
import { figureScene, wrapped } from '../../../webview/slopes/figure';
import { exportName } from '../../../webview/slopes/files';
import { makeLooks } from '../../../webview/slopes/looks';
import { makeSeries } from '../../../webview/slopes/series';
import { agesOf } from '../../../webview/slopes/timeline';
import { t, runOf, series, lora, plotOf } from './sampledRuns';

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
