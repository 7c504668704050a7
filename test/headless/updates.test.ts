// The command line on updates: two adapters, a fine-tuned model, refusals.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { UpdatesMeasurement } from '../../extension/shared/updates';
import { goldenFolder, Workspace } from './workspace';

const base = join(goldenFolder, 'models/gqa-tied');
const [lora, dora] = ['gqa-tied-lora', 'gqa-tied-dora'].map((name) =>
  join(goldenFolder, 'adapters', name),
) as [string, string];

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => {
  workspace.remove();
});

test('two adapters: spectra, row lengths on the same edges, similarity of shared modules', async () => {
  const { code, json } = await workspace.json<UpdatesMeasurement>(
    ...['updates', base, lora, '--against', dora],
  );
  expect(code).toBe(0);
  expect(json.adapters.map(({ path }) => path)).toEqual([lora, dora]);
  expect(json.edges).toHaveLength(42);
  const [module] = json.adapters[0]?.modules ?? [];
  expect(module?.values).toHaveLength(3);
  expect(module?.effectiveRank).toBeLessThan(3);
  expect(module?.counts.reduce((sum, count) => sum + count)).toBe(48);
  expect(json.similarity?.[0]?.outputSize).toBe(48);
  expect(json.similarity?.[0]?.output.map((line) => line.length)).toEqual([3, 3, 3]);
  const { stdout } = await workspace.cli('updates', base, lora, '--against', dora);
  expect(stdout).toMatch(/q_proj +2 +3 +[12]\.\d\d +[+-]?\d[\d.e-]* %/);
  expect(stdout).toMatch(/q_proj +3 and 3 +0\.\d{4} +0\.\d{4}/);
});

test('an adapter over a quantised base is measured against the dequantised weights', async () => {
  workspace.writeExperiment({ method: 'qdora', adapter: { rank: 2, targets: ['q_proj'] } });
  const still = ['--set', 'training.steps=1', '--set', 'training.learningRate=1e-12'];
  const { json } = await workspace.json<{ runs: { folder: string }[] }>(
    ...['train', 'tiny.experiment.json', ...still],
  );
  const checkpoint = join(json.runs[0]?.folder ?? '', 'checkpoints', 'step-000001');
  const reach = async (...options: string[]): Promise<number> => {
    const told = await workspace.json<UpdatesMeasurement>(
      ...['updates', 'model', checkpoint, ...options],
    );
    return told.json.edges.at(-1) ?? NaN;
  };
  // Magnitudes began as the lengths of the dequantised rows.
  expect(await reach()).toBeLessThan(1e-5);
  expect(await reach('--quantize', 'none')).toBeGreaterThan(1e-3);
});

test('a model against itself: nothing was trained, and no update has a rank', async () => {
  const { json } = await workspace.json<UpdatesMeasurement>('updates', base, base);
  expect(json).toMatchObject({ adapters: [{ path: base, modules: [] }], similarity: null });
});

test.each([
  [[base, 'nowhere'], /nowhere does not exist/],
  [[base, join(goldenFolder, 'models/qwen3')], /other shapes/],
  [[base, join(goldenFolder, 'adapters/qwen3-lora')], /shape/],
])('refuses %j in a sentence', async (parameters, sentence) => {
  const { code, stderr } = await workspace.cli('updates', ...parameters);
  expect(code).toBe(2);
  expect(stderr).toMatch(sentence);
});
