// A run as the launcher makes it, in a folder of its own that goes after the test.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createRunFolder } from '../../../extension/runs/runFolder';
import { parseExperiment, type ResolvedRun } from '../../../extension/shared/experimentFile';
import type { NewRunEvent, RunFile } from '../../../extension/shared/run';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'adapter-lab-runs-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return folder;
}

export function resolvedRun(overrides: Record<string, unknown> = {}): ResolvedRun {
  const text = JSON.stringify({ name: 'boolq', model: 'model', data: { train: ['train.json'] } });
  const [run] = parseExperiment(text, 'boolq.experiment.json', overrides).runs;
  if (run === undefined) throw new Error('the experiment has no run');
  return run;
}

export function sampleRun(id = '20261124T021504Z-dora-r32-9f3a'): RunFile {
  return {
    format: 1,
    id,
    experiment: 'boolq',
    experimentFile: '/experiments/boolq.experiment.json',
    created: '2026-11-24T02:15:04.000Z',
    settings: resolvedRun().settings,
    varied: {},
    versions: { 'adapter-lab': '0.1.0' },
    gitCommit: null,
    model: [],
    data: [],
  };
}

export function sampleRunFolder(): string {
  return createRunFolder(temporaryFolder(), sampleRun());
}

export function stepEvent(step: number): NewRunEvent {
  return {
    type: 'step',
    step,
    loss: 2.5,
    gradNorm: 1,
    learningRate: 1e-4,
    tokens: 900,
    seconds: 1,
  };
}
