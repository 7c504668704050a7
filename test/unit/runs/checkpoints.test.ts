import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  checkpointName,
  checkpointStep,
  listCheckpoints,
  publishCheckpoint,
  removeOldCheckpoints,
  removeUnfinishedCheckpoints,
  stageCheckpoint,
} from '../../../extension/runs/checkpoints';
import { runPaths } from '../../../extension/runs/runPaths';
import { sampleRunFolder } from './sampleRun';

function save(folder: string, step: number, text = 'weights'): void {
  const staging = stageCheckpoint(folder, step);
  writeFileSync(join(staging, 'adapter_model.safetensors'), text);
  publishCheckpoint(folder, step);
}

test('names tell steps and steps tell names', () => {
  expect(checkpointName(200)).toBe('step-000200');
  expect(checkpointName(1_234_567)).toBe('step-1234567');
  expect(checkpointStep('step-1234567')).toBe(1_234_567);
  for (const name of ['step-200', '.step-000200.unfinished', 'step-000200.bak', 'x']) {
    expect(checkpointStep(name)).toBeUndefined();
  }
});

test('whole checkpoints are listed, the newest last, with their sizes', () => {
  const folder = sampleRunFolder();
  for (const step of [100, 1_000_000, 50]) save(folder, step);
  const staging = stageCheckpoint(folder, 150);
  mkdirSync(join(staging, 'inner'));
  const listed = listCheckpoints(folder);
  expect(listed.map(({ step, sizeBytes }) => [step, sizeBytes])).toEqual([
    [50, 7],
    [100, 7],
    [1_000_000, 7],
  ]);
  expect(listed[0]?.folder).toBe(join(folder, 'checkpoints', 'step-000050'));
});

test('the newest are kept and what a killed trainer left is removed', async () => {
  const folder = sampleRunFolder();
  for (const step of [50, 100, 150, 200]) save(folder, step);
  stageCheckpoint(folder, 250);
  const removed = await removeOldCheckpoints(folder, 2);
  expect(removed.map(({ step }) => step)).toEqual([50, 100]);
  expect(listCheckpoints(folder).map(({ step }) => step)).toEqual([150, 200]);
  removeUnfinishedCheckpoints(folder);
  expect(readdirSync(runPaths(folder).checkpoints)).toEqual(['step-000150', 'step-000200']);
});

test('a checkpoint of the same step is replaced', () => {
  const folder = sampleRunFolder();
  save(folder, 50);
  save(folder, 50, 'other weights');
  expect(listCheckpoints(folder).map(({ sizeBytes }) => sizeBytes)).toEqual([13]);
  expect(readdirSync(runPaths(folder).checkpoints)).toEqual(['step-000050']);
});

test('staging starts empty', () => {
  const folder = sampleRunFolder();
  writeFileSync(join(stageCheckpoint(folder, 50), 'left'), '');
  expect(existsSync(join(stageCheckpoint(folder, 50), 'left'))).toBe(false);
});
