// adapter-lab new through the built command line.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { templateIds } from '../../extension/shared/templates/template';
import { Workspace } from './workspace';

interface Written {
  template: string;
  file: string | null;
  text: string;
}

let workspace: Workspace;

beforeAll(() => {
  workspace = new Workspace();
});
afterAll(() => {
  workspace.remove();
});

test('lists every template with its runs', async () => {
  const { code, json } = await workspace.json<{ templates: { template: string; about: string }[] }>(
    'new',
  );
  expect(code).toBe(0);
  expect(json.templates.map(({ template }) => template)).toEqual([...templateIds]);
  for (const { about } of json.templates) expect(about).toMatch(/\d+ runs/);
});

test('writes a file with places relative to it, once', async () => {
  const file = 'half.experiment.json';
  const places = ['--model', 'model', '--data', 'data'];
  const { code, json } = await workspace.json<Written>('new', 'half-rank', file, ...places);
  expect(code).toBe(0);
  const text = readFileSync(join(workspace.folder, file), 'utf8');
  expect(json).toEqual({ template: 'half-rank', file: join(workspace.folder, file), text });
  expect(text).toContain('"model": "model"');
  expect(text).toContain('"data/commonsense_170k.json"');
  const listed = await workspace.json<{ experiments: { runs: number }[] }>('experiments', file);
  expect(listed.json.experiments[0]?.runs).toBe(3);
  const again = await workspace.cli('new', 'half-rank', file);
  expect(again.code).toBe(2);
  expect(again.stderr).toMatch(/exists; name a new file/);
  expect(readFileSync(join(workspace.folder, file), 'utf8')).toBe(text);
});

test('refuses a template that there is not, naming those there are', async () => {
  const { code, stderr } = await workspace.cli('new', 'nonsense');
  expect(code).toBe(2);
  for (const id of templateIds) expect(stderr).toContain(id);
});
