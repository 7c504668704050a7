import { describe, expect, test } from 'vitest';
import { lensesOf } from '../../../../extension/host/editor/lenses';
import { outlineOf, runCount } from '../../../../extension/host/editor/outline';
import { english, sweep, windows } from './texts';

const names = ['train', 'queue', 'estimateMemory', 'openSlopes', 'openRun'];
const commands = new Set(names.map((name) => `adapterLab.${name}`));
const context = { canTrain: true, hasRuns: true, commands, t: english };

describe('lenses', () => {
  test('stand at the object, after a comment, and tell how many runs a click starts', () => {
    for (const text of [sweep, windows(sweep)]) {
      const lenses = lensesOf(outlineOf(text), context);
      const first = lenses.filter(({ offset }) => offset === text.indexOf('{'));
      expect(first.map(({ title }) => title)).toContain('$(play) Train 6 runs');
      const train = first.find(({ command }) => command === 'train');
      expect(train?.about).toBe('experiment');
      expect(first.map(({ command }) => command)).toEqual(names);
      expect(first.find(({ command }) => command === 'openRun')?.about).toBe('lastRun');
    }
  });

  test('tell at the grid how the number comes about', () => {
    const lens = lensesOf(outlineOf(sweep), context).at(-1);
    expect(lens?.title).toBe('6 runs = method (2) × learningRate (3)');
    expect(sweep.slice(lens?.offset)).toMatch(/^"grid"/);
  });

  test('offer nothing that cannot be done', () => {
    const lenses = lensesOf(outlineOf(sweep), { ...context, canTrain: false, hasRuns: false });
    expect(lenses.map(({ command }) => command)).not.toContain('train');
    expect(lenses.map(({ about }) => about)).not.toContain('lastRun');
    expect(lensesOf(outlineOf('[1, 2]'), context)).toEqual([]);
    expect(lensesOf(outlineOf(''), context)).toEqual([]);
  });

  test('name no command that the extension lacks', () => {
    const few = new Set(['adapterLab.train', 'adapterLab.estimateMemory']);
    const lenses = lensesOf(outlineOf('{ "name": "x" }'), { ...context, commands: few });
    expect(lenses.map(({ command }) => command)).toEqual(['train', 'estimateMemory']);
  });

  test('a single run is not counted; an empty list of the grid makes none', () => {
    const lenses = lensesOf(outlineOf('{ "name": "one" }'), context);
    expect(lenses[0]?.title).toBe('$(play) Train');
    expect(runCount(outlineOf('{ "grid": { "method": [] } }'))).toBe(0);
    expect(lensesOf(outlineOf('{ "grid": { "method": [] } }'), context)[0]?.command).not.toBe(
      'train',
    );
  });

  test('half written text keeps what can be read', () => {
    expect(lensesOf(outlineOf('{ "grid": { "method": ["full", "lo'), context)[0]?.title).toBe(
      '$(play) Train 2 runs',
    );
  });
});
