import { describe, expect, test } from 'vitest';
import { hintsOf } from '../../../../extension/host/editor/hints';
import { outlineOf } from '../../../../extension/host/editor/outline';
import type { Inspection } from '../../../../extension/shared/inspection';
import { english, inspectedRun, inspection, sweep, windows } from './texts';

/** Each hint with the text in front of it. */
function shown(text: string, found: Inspection): [before: string, hint: string][] {
  return hintsOf(outlineOf(text), found, english).map(({ offset, text: hint }) => [
    /[^\s,:[]*$/.exec(text.slice(0, offset))?.[0] ?? '',
    hint,
  ]);
}

const file = { records: 1000, tokens: 25_400, longest: 90, truncated: 0, isSampled: false };
const rates = [1e-3, 1e-4, 1e-5];
const gridRuns = ['full', 'lora'].flatMap((method) =>
  rates.map((rate) =>
    inspectedRun({
      method,
      varied: { method, 'training.learningRate': rate },
      ...(method === 'full' && { trainable: 1_344_000, peakBytes: 202e6 }),
    }),
  ),
);

describe('hints', () => {
  test('files tell records and tokens; samples are marked, cut records counted', () => {
    const files = [
      { setting: 'data.train.0', file: '/a.json', ...file },
      { setting: 'data.train.1', file: '/b.json', ...file, truncated: 12, isSampled: true },
    ];
    for (const text of [sweep, windows(sweep)]) {
      expect(shown(text, inspection({ files }))).toEqual([
        ['"a.json"', '25.4 k tokens'],
        ['"b.json"', '≈ 25.4 k tokens · ≈ 12 cut off'],
      ]);
    }
  });

  test('a file alone on its line tells all, what is left out elsewhere is in the tooltip', () => {
    const files = [{ setting: 'data.train.0', file: '/a.json', ...file }];
    const [alone] = hintsOf(outlineOf(sweep), inspection({ files }), english);
    expect(alone?.text).toBe('1.00 k records · 25.4 k tokens');
    const both = [...files, { setting: 'data.train.1', file: '/b.json', ...file }];
    const [first] = hintsOf(outlineOf(sweep), inspection({ files: both }), english);
    expect(first?.text).toBe('25.4 k tokens');
    expect(first?.tooltip).toContain('1.00 k records');
  });

  test('each value of the grid that decides it tells what is trained, the others do not', () => {
    const hints = shown(sweep, inspection({ runs: gridRuns, runCount: 6 }));
    expect(hints).toContainEqual(['"full"', '1.34 M trained, 89.6 %']);
    expect(hints).toContainEqual(['"lora"', '200 k trained, 11.8 %']);
    expect(hints.filter(([before]) => before.startsWith('1e-'))).toEqual([]);
  });

  test('memory is a range over the grid, steps are told in epochs', () => {
    const hints = shown(sweep, inspection({ runs: gridRuns, runCount: 6 }));
    expect(hints).toContainEqual(['8', '≈ 145–202 MB at peak']);
    expect(hints).toContainEqual(['20', '2 epochs · ≈ 10 s']);
    expect(hints).toContainEqual(['"model"', '1.50 M parameters']);
  });

  test('fewer steps than an epoch has are told in parts of it', () => {
    const runs = [inspectedRun({ steps: 6, stepsPerEpoch: 288 })];
    const hints = shown('{ "training": { "steps": 6 } }', inspection({ runs }));
    expect(hints).toContainEqual(['6', '0.021 epochs · ≈ 3 s']);
  });

  test('without a grid, rank tells what is trained and epochs tell steps', () => {
    const text = '{ "adapter": { "rank": 16 }, "training": { "epochs": 2 } }';
    const hints = shown(text, inspection({ runs: [inspectedRun({})] }));
    expect(hints).toContainEqual(['16', '200 k trained, 11.8 %']);
    expect(hints).toContainEqual(['2', '20 steps · ≈ 10 s']);
  });

  test('time is a range over the grid, and left out where it is not known', () => {
    const text = '{ "training": { "epochs": 2 } }';
    const times = (...all: (number | null)[]) =>
      shown(text, inspection({ runs: all.map((stepSeconds) => inspectedRun({ stepSeconds })) }));
    expect(times(1, 30)).toContainEqual(['2', '20 steps · ≈ 20 s – 10 min']);
    expect(times(null)).toContainEqual(['2', '20 steps']);
  });

  test('what could not be found out is left out', () => {
    const unknown = inspectedRun({
      ...{ trainable: null, parameters: null, records: null, steps: null },
      ...{ stepsPerEpoch: null, memory: null, peakBytes: null },
    });
    expect(shown(sweep, inspection({ runs: [unknown], runCount: 6 }))).toEqual([]);
  });
});
