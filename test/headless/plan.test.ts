// The command line's plan: of a configuration alone, of an experiment whose model has no weights, and refusals.
import { cpSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PlannedRun } from '../../extension/trainer/plan/planRun';
import { goldenFolder, Workspace } from './workspace';

const llama7b = join(goldenFolder, 'paper-models/llama-7b');

interface Planned {
  speed: object | null;
  runs: (PlannedRun & { model: string; percent: number; varied: object })[];
  runCount: number;
  error?: { code: string; message: string };
}

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => {
  workspace.remove();
});

test('several methods of a 7B model side by side, from config.json', async () => {
  const config = join(llama7b, 'config.json');
  const options = ['--method', 'full,lora,dora', '--rank', '16,32', '--batch', '4'];
  const { code, json } = await workspace.json<Planned>('plan', config, ...options);
  expect(code).toBe(0);
  const told = json.runs.map(({ method, rank, percent }) => [method, rank, percent.toFixed(3)]);
  // Full fine-tuning is one run, whatever the ranks.
  expect(told).toEqual([
    ['full', null, '96.106'],
    ['lora', 16, '0.415'],
    ['lora', 32, '0.826'],
    ['dora', 16, '0.427'],
    ['dora', 32, '0.838'],
  ]);
  expect(json.runs[1]).toMatchObject({
    model: resolve(llama7b),
    batch: { tokens: 1024, texts: 4 },
  });
  // Matrices in 16 bits, norms in 32.
  expect(json.runs[1]?.memory.weights).toBe(2 * (6_738_415_616 + 65 * 4096));
  expect(json.runs[1]?.secondsPerStep).toBeGreaterThan(0);
  const { stdout } = await workspace.cli('plan', llama7b, ...options, '--length', '100');
  expect(stdout).toMatch(/dora r32 +56975360 +0\.838 % +1\d GB/);
  expect(stdout).toContain('micro-batches of 4 records of 100 tokens');
});

test('an experiment whose model folder has no weights, with its grid', async () => {
  mkdirSync(workspace.path('bare'));
  cpSync(join(llama7b, 'config.json'), workspace.path('bare/config.json'));
  workspace.writeExperiment({
    model: 'bare',
    adapter: { rank: 8, targets: ['q_proj'] },
    grid: { method: ['lora', 'dora'], 'training.batchSize': [1, 2] },
  });
  const { code, json } = await workspace.json<Planned>('plan', 'tiny.experiment.json');
  expect(code).toBe(0);
  expect(json.runs.map(({ trainable }) => trainable)).toEqual([
    ...[2_097_152, 2_097_152],
    ...[2_228_224, 2_228_224],
  ]);
  expect(json.runs[1]?.peakBytes).toBeGreaterThan(json.runs[0]?.peakBytes ?? Infinity);
  const set = ['--method', 'lora', '--set', 'adapter.layers=[0]'];
  const changed = await workspace.json<Planned>('plan', 'tiny.experiment.json', ...set);
  expect(changed.json.runs.map(({ trainable }) => trainable)).toEqual([65_536]);
});

test.each([
  [[llama7b, '--method', 'lora', '--targets', 'q_prj'], /no module "q_prj".*"q_proj"/],
  [[llama7b, '--rank', 'x'], /--rank must be a whole number, 1 or more, not "x"/],
  [[llama7b, '--rank', '5000'], /rank 5000 is above/],
  [[llama7b, '--method', 'lroa'], /"method" .*lora/],
  [[llama7b, '--batch', '2', '--set', 'training.batchSize=4'], /said twice/],
  [['nowhere'], /nowhere does not exist/],
  [['data/train.json'], /train\.json/],
])('refuses %j in a sentence', async (parameters, sentence) => {
  const { code, stderr } = await workspace.cli('plan', ...parameters);
  expect(code).toBe(2);
  expect(stderr).toMatch(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
