// What input must be like that is refused before training: exit code 2, one sentence that names the file, line, tensor
// or setting, nothing created, and runs that exist left as they are.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tinyExperiment, Workspace } from '../workspace';

interface Refused {
  error: { code: string; message: string };
}

export interface BadInput {
  name: string;
  /** Makes it bad. */
  spoil: (workspace: Workspace) => void;
  /** What the sentence must name. */
  names: (string | RegExp)[];
}

let workspace: Workspace;

/** Each test of the file has a workspace of its own. */
export function useWorkspace(): void {
  beforeEach(() => {
    workspace = new Workspace();
    mkdirSync(workspace.path('runs'));
    writeFileSync(workspace.path('runs', 'kept.txt'), 'kept');
  });
  afterEach(() => {
    workspace.remove();
  });
}

function expectOneSentence(message: string): void {
  expect(message).toMatch(/[.?]$/);
  expect(message).not.toContain('\n');
  expect(message).not.toMatch(/internal|undefined|\[object|itself failed/);
}

export async function expectRefused(
  parameters: string[],
  names: (string | RegExp)[],
): Promise<void> {
  const before = readdirSync(workspace.folder).sort();
  const { code, json, stderr } = await workspace.json<Refused>(...parameters);
  const { message } = json.error;
  for (const name of names) expect(message).toMatch(name);
  expect(code, message).toBe(2);
  expectOneSentence(message);
  expect(stderr).toBe(`adapter-lab: ${message}\n`);
  expect(readdirSync(workspace.folder).sort()).toEqual(before);
  expect(readdirSync(workspace.path('runs'))).toEqual(['kept.txt']);
}

export function describeTable(title: string, table: BadInput[]): void {
  describe(title, () => {
    test.each(table)('$name', async ({ spoil, names }) => {
      spoil(workspace);
      await expectRefused(['train', 'tiny.experiment.json'], names);
    });
  });
}

/** `changes` replace settings of one section. */
export function section(name: string, changes: object): (workspace: Workspace) => void {
  return (one) => {
    one.writeExperiment({ [name]: { ...(tinyExperiment()[name] as object), ...changes } });
  };
}

export function top(changes: object): (workspace: Workspace) => void {
  return (one) => {
    one.writeExperiment(changes);
  };
}
