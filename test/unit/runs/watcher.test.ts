import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { EventWriter } from '../../../extension/runs/eventWriter';
import { createRunFolder } from '../../../extension/runs/runFolder';
import { watchRuns } from '../../../extension/runs/runsWatcher';
import { emptyStatus, writeStatus } from '../../../extension/runs/status';
import { sleep, until } from './childProcess';
import { sampleRun, stepEvent, temporaryFolder } from './sampleRun';

/** The folders reported since the last `clear`. */
function watchHere(directory: string): Set<string> {
  const changed = new Set<string>();
  const onChange = (folders: string[]): void => {
    for (const folder of folders) changed.add(folder);
  };
  const watcher = watchRuns(directory, onChange, { pollMs: 100, debounceMs: 20 });
  onTestFinished(() => {
    watcher.dispose();
  });
  return changed;
}

test('new, changed and deleted runs are reported, quiet ones are not', async () => {
  const directory = temporaryFolder();
  const quiet = createRunFolder(directory, sampleRun('20261124T021504Z-dora-r32-0001'));
  const other = createRunFolder(directory, sampleRun('20261124T021504Z-dora-r32-0002'));
  const changed = watchHere(directory);
  await sleep(300);
  expect([...changed]).toEqual([]);

  const added = createRunFolder(directory, sampleRun('20261124T021504Z-dora-r32-0003'));
  await until(() => changed.has(added));
  changed.clear();
  writeStatus(other, { ...emptyStatus(), state: 'running', step: 1 });
  await until(() => changed.has(other));
  changed.clear();
  const writer = EventWriter.open(other);
  writer.append(stepEvent(1));
  writer.close();
  await until(() => changed.has(other));
  changed.clear();
  mkdirSync(join(other, 'checkpoints', 'step-000050'));
  await until(() => changed.has(other));
  rmSync(other, { recursive: true });
  rmSync(added, { recursive: true });
  await until(() => changed.has(other) && changed.has(added));
  expect(changed.has(quiet)).toBe(false);
});

test('what was there at the beginning is told once, newest first, and not as a change', async () => {
  const directory = temporaryFolder();
  const older = createRunFolder(directory, sampleRun('20261124T021504Z-dora-r32-0001'));
  const newer = createRunFolder(directory, sampleRun('20261124T021505Z-dora-r32-0002'));
  let reports = 0;
  const watcher = watchRuns(directory, () => (reports += 1), { pollMs: 20, debounceMs: 20 });
  onTestFinished(() => {
    watcher.dispose();
  });
  expect(await watcher.listed).toEqual([newer, older]);
  await sleep(150);
  expect(reports).toBe(0);
});

test('a folder of runs may come later, go and come again', async () => {
  const directory = join(temporaryFolder(), 'runs');
  const changed = watchHere(directory);
  await sleep(150);
  for (let round = 0; round < 2; round += 1) {
    changed.clear();
    const folder = createRunFolder(directory, sampleRun());
    await until(() => changed.has(folder));
    changed.clear();
    writeStatus(folder, { ...emptyStatus(), state: 'running' });
    await until(() => changed.has(folder));
    changed.clear();
    rmSync(directory, { recursive: true });
    await until(() => changed.has(folder));
  }
});

test('nothing is reported after dispose', async () => {
  const directory = temporaryFolder();
  let reports = 0;
  const watcher = watchRuns(directory, () => (reports += 1), { pollMs: 20, debounceMs: 20 });
  await sleep(100);
  createRunFolder(directory, sampleRun());
  watcher.dispose();
  await sleep(200);
  expect(reports).toBe(0);
});
