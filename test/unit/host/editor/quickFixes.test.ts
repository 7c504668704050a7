import { parse } from 'jsonc-parser';
import { describe, expect, test } from 'vitest';
import { outlineOf } from '../../../../extension/host/editor/outline';
import {
  quickFixes,
  type FixableProblem,
  type QuickFix,
} from '../../../../extension/host/editor/quickFixes';
import { english, sweep, windows } from './texts';

function fixesOf(text: string, problem: Partial<FixableProblem>): QuickFix[] {
  const base: FixableProblem = { code: 'setting-invalid', setting: '', path: [], data: {} };
  return quickFixes(outlineOf(text), { ...base, ...problem }, english);
}

function applied(text: string, fix: QuickFix | undefined): string {
  const changes = [...(fix?.changes ?? [])].sort((a, b) => b.start - a.start);
  return changes.reduce(
    (result, { start, end, text: inserted }) =>
      result.slice(0, start) + inserted + result.slice(end),
    text,
  );
}

describe('quick fixes', () => {
  test('a misspelt setting is renamed, its value and comments stay', () => {
    const text = '{\n  "trainig": { "steps": 2 } // short\n}';
    const [fix] = fixesOf(text, {
      code: 'setting-unknown',
      setting: 'trainig',
      path: ['trainig'],
      nearest: 'training',
    });
    expect(fix?.title).toBe('Change to "training"');
    expect(fix?.isPreferred).toBe(true);
    expect(applied(text, fix)).toBe('{\n  "training": { "steps": 2 } // short\n}');
  });

  test('a key of the grid is renamed whole', () => {
    const text = '{ "grid": { "adapter.rnak": [1] } }';
    const [fix] = fixesOf(text, {
      code: 'setting-unknown',
      path: ['grid', 'adapter.rnak'],
      nearest: 'adapter.rank',
    });
    expect(applied(text, fix)).toBe('{ "grid": { "adapter.rank": [1] } }');
  });

  test('a value of the grid, a path, a task and a target are replaced', () => {
    const path = ['grid', 'method', 1];
    const [fix] = fixesOf(sweep, { path, nearest: 'dora' });
    expect(applied(sweep, fix)).toContain('["full", "dora"]');
    const [file] = fixesOf(sweep, {
      code: 'file-missing',
      path: ['data', 'train', 1],
      nearest: 'c.json',
    });
    expect(applied(sweep, file)).toContain('["a.json", "c.json"]');
  });

  test('one of two settings in conflict is removed, in files with Windows line ends too', () => {
    const text = windows('{\n  "training": {\n    "steps": 3,\n    "epochs": 1\n  }\n}\n');
    const data = { first: 'training.epochs', second: 'training.steps' };
    const fixes = fixesOf(text, { code: 'settings-conflict', path: ['training', 'steps'], data });
    expect(fixes.map(({ title }) => title)).toEqual(['Remove "steps"', 'Remove "epochs"']);
    const results = fixes.map((fix) => applied(text, fix));
    expect(results.map((result) => parse(result) as unknown)).toEqual([
      { training: { epochs: 1 } },
      { training: { steps: 3 } },
    ]);
    for (const result of results) expect(result.replaceAll('\r\n', '')).not.toContain('\n');
  });

  test('a rank is lowered where it stands', () => {
    const text = '{ "adapter": { "rank": 900 } }';
    const path = ['adapter', 'rank'];
    const [fix] = fixesOf(text, { code: 'rank-too-large', path, data: { largest: 32 } });
    expect(applied(text, fix)).toBe('{ "adapter": { "rank": 32 } }');
  });

  test('maxLength is set, also where it was left out, but not against a grid', () => {
    const problem = { code: 'records-too-long', data: { shortest: 300 } } as const;
    expect(applied(sweep, fixesOf(sweep, problem)[0])).toContain('"maxLength": 300,');
    const bare = '{\n  "data": { "train": ["a.json"] }\n}';
    expect(parse(applied(bare, fixesOf(bare, problem)[0]))).toEqual({
      data: { train: ['a.json'], maxLength: 300 },
    });
    const grid = '{ "grid": { "data.maxLength": [8, 16] } }';
    expect(fixesOf(grid, problem)).toEqual([]);
  });

  test('a number in quotes loses them', () => {
    const text = '{ "data": { "maxLength": "128" } }';
    const data = { problem: 'must be a number, not "128"' };
    const [fix] = fixesOf(text, { path: ['data', 'maxLength'], setting: 'data.maxLength', data });
    expect(applied(text, fix)).toBe('{ "data": { "maxLength": 128 } }');
  });

  test('a missing column is mapped to the one that is there', () => {
    const data = { field: 'instruction', nearest: 'instructions' };
    const [fix] = fixesOf(sweep, { code: 'column-missing', path: ['data', 'train', 0], data });
    const { data: settings } = parse(applied(sweep, fix)) as { data: { columns: unknown } };
    expect(settings.columns).toEqual({ instruction: 'instructions' });
  });

  test('the last file of a list is not removed, one of two is', () => {
    const problem = { code: 'file-missing', setting: 'data.train.0', path: ['data', 'train', 0] };
    const fixes = fixesOf(sweep, problem as FixableProblem);
    expect(fixes.map(({ title }) => title)).toEqual(['Remove "a.json"']);
    const one = '{ "data": { "train": ["a.json"] } }';
    expect(fixesOf(one, problem as FixableProblem)).toEqual([]);
  });

  test('a place that is gone has no fix', () => {
    expect(fixesOf('{}', { path: ['adapter', 'rank'], nearest: 'x' })).toEqual([]);
  });
});
