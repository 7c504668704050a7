import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { createRunFolder, readRun, readRunOrFail } from '../../../extension/runs/runFolder';
import { runPaths } from '../../../extension/runs/runPaths';
import { listRuns, runFolders } from '../../../extension/runs/runsDirectory';
import { emptyStatus, readStatus } from '../../../extension/runs/status';
import { sampleRun, temporaryFolder } from './sampleRun';

test('a new folder holds its run, a queued status and the inner folders', () => {
  const directory = join(temporaryFolder(), 'new', 'runs');
  const folder = createRunFolder(directory, sampleRun());
  expect(readdirSync(directory)).toEqual([sampleRun().id]);
  expect(readdirSync(folder).sort()).toEqual([
    'checkpoints',
    'control',
    'results',
    'run.json',
    'status.json',
  ]);
  expect(readRun(folder)).toEqual(sampleRun());
  expect(readStatus(folder)?.state).toBe('queued');
});

test('an id is not used twice and the first run is left alone', () => {
  const directory = temporaryFolder();
  const folder = createRunFolder(directory, sampleRun());
  const other = { ...sampleRun(), experiment: 'other' };
  expect(() => createRunFolder(directory, other)).toThrow('exists already');
  expect(readRun(folder)?.experiment).toBe('boolq');
  expect(readdirSync(directory)).toHaveLength(1);
});

test('a place that is no folder is refused by name', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  expect(() => createRunFolder(file, sampleRun())).toThrow(`${file} cannot be written`);
});

test('a broken run.json is told by file and setting', () => {
  const folder = createRunFolder(temporaryFolder(), sampleRun());
  writeFileSync(runPaths(folder).run, '{"format": 1,');
  expect(() => readRun(folder)).toThrow(`${runPaths(folder).run} is broken`);
  writeFileSync(runPaths(folder).run, JSON.stringify({ ...sampleRun(), created: 5 }));
  expect(() => readRun(folder)).toThrow('"created"');
});

test('unfinished and foreign folders are no runs, a broken one is listed as such', async () => {
  const directory = temporaryFolder();
  createRunFolder(directory, sampleRun('20261124T021504Z-dora-r32-0001'));
  createRunFolder(directory, sampleRun('20261124T031504Z-lora-r32-0002'));
  const broken = createRunFolder(directory, sampleRun('20261124T041504Z-lora-r32-0003'));
  writeFileSync(runPaths(broken).run, 'x');
  mkdirSync(join(directory, 'foreign'));
  mkdirSync(join(directory, '.hidden.unfinished'));
  writeFileSync(join(directory, '.hidden.unfinished', 'run.json'), JSON.stringify(sampleRun()));
  writeFileSync(join(directory, 'a-file'), '');
  const listing = await listRuns(directory);
  expect(listing.runs.map(({ id }) => id)).toEqual([
    '20261124T031504Z-lora-r32-0002',
    '20261124T021504Z-dora-r32-0001',
  ]);
  expect(listing.broken.map(({ id }) => id)).toEqual(['20261124T041504Z-lora-r32-0003']);
  expect(() => readRunOrFail(join(directory, 'foreign'))).toThrow('not a run folder');
  expect(await listRuns(join(directory, 'nowhere'))).toEqual({ runs: [], broken: [] });
});

test('500 runs are listed in a moment', async () => {
  const directory = temporaryFolder();
  const status = JSON.stringify(emptyStatus());
  for (let index = 0; index < 500; index += 1) {
    const id = `20261124T021504Z-dora-r32-${String(index).padStart(5, '0')}`;
    mkdirSync(join(directory, id));
    writeFileSync(join(directory, id, 'run.json'), JSON.stringify(sampleRunOnce(id)));
    writeFileSync(join(directory, id, 'status.json'), status);
  }
  const start = performance.now();
  expect((await listRuns(directory)).runs).toHaveLength(500);
  expect(performance.now() - start).toBeLessThan(1500);
});

const template = sampleRun();
function sampleRunOnce(id: string): object {
  return { ...template, id };
}

test('folders are told absolute and newest first, however their folder is written', async () => {
  const directory = temporaryFolder();
  const names = Array.from({ length: 50 }, (_, index) => `2026-01-01-${(index * 37) % 50}`);
  for (const name of [...names, '.hidden']) mkdirSync(join(directory, name));
  writeFileSync(join(directory, 'file'), '');
  const expected = [...names]
    .sort()
    .reverse()
    .map((name) => join(directory, name));
  for (const written of [
    directory,
    `${directory}/`,
    join(directory, 'x', '..'),
    `${directory}/./`,
  ]) {
    expect(await runFolders(written)).toEqual(expected);
  }
});
