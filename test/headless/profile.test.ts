// adapter-lab train --profile: what it writes and prints, and that it changes nothing.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Workspace } from './workspace';

interface Trained {
  runs: { folder: string; loss: number; step: number }[];
}

let workspace: Workspace;

beforeAll(() => {
  workspace = new Workspace();
});
afterAll(() => {
  workspace.remove();
});

async function train(...more: string[]): Promise<Trained['runs'][0]> {
  const { code, stderr, json } = await workspace.json<Trained>(
    'train',
    'tiny.experiment.json',
    ...more,
  );
  expect(stderr).not.toContain('adapter-lab:');
  expect(code).toBe(0);
  const [run] = json.runs;
  if (run === undefined) throw new Error('no run');
  return run;
}

test('profiled steps are written as text and as a trace, and end with the same loss', async () => {
  const [plain, profiled] = [await train(), await train('--profile', '3')];
  expect(profiled.loss).toBe(plain.loss);
  expect(existsSync(join(plain.folder, 'profile'))).toBe(false);
  const text = readFileSync(join(profiled.folder, 'profile/profile.md'), 'utf8');
  expect(text).toContain('# Profile of steps 2 to 4');
  // Of the tiny model: q and o, k and v, gate, up and down.
  for (const name of ['gemm 32 x 32', 'gemm 16 x 32', 'gemm 32 x 48', 'dora_gain', 'adamw'])
    expect(text).toMatch(new RegExp(`^\\| ${name} +\\|`, 'm'));
  for (const part of ['embedding', 'layer 1', 'head and loss', 'layer 0, backward', 'update'])
    expect(text).toMatch(new RegExp(`^\\| ${part} +\\|`, 'm'));
  const trace = JSON.parse(readFileSync(join(profiled.folder, 'profile/trace.json'), 'utf8')) as {
    traceEvents: { name: string; ph: string; ts: number; dur: number }[];
  };
  const steps = trace.traceEvents.filter(({ name }) => name.startsWith('step '));
  expect(steps.map(({ name }) => name)).toEqual(['step 2', 'step 3', 'step 4']);
  const end = steps.reduce((latest, { ts, dur }) => Math.max(latest, ts + dur), 0);
  for (const { ph, ts, dur } of trace.traceEvents)
    if (ph === 'X') expect(ts + dur).toBeLessThanOrEqual(end + 1);
});

test('a training that ends before tells the steps there were, in the terminal by operation alone', async () => {
  const set = ['--set', 'training.steps=3'];
  const { code, stdout } = await workspace.cli(
    'train',
    'tiny.experiment.json',
    '--profile',
    ...set,
  );
  expect(code).toBe(0);
  expect(stdout).toContain('# Profile of steps 2 to 3');
  expect(stdout).toContain('| whole step');
  expect(stdout).toContain('trace.json');
  expect(stdout).not.toContain('| layer 1 ');
});

test.each(['many', '-1', '101', '2.5'])(
  '--profile %s is refused before anything is made',
  async (steps) => {
    const { code, stderr } = await workspace.cli(
      'train',
      'tiny.experiment.json',
      `--profile=${steps}`,
    );
    expect(code).not.toBe(0);
    expect(stderr).toContain('"diagnostics.profile"');
  },
);
