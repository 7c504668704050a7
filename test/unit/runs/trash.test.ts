import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireLock } from '../../../extension/runs/lock';
import { createRunFolder } from '../../../extension/runs/runFolder';
import { listRuns } from '../../../extension/runs/runsDirectory';
import {
  deleteFromTrash,
  listTrash,
  moveToTrash,
  restoreFromTrash,
  type TrashedRun,
} from '../../../extension/runs/trash';
import { sampleRun, sampleRunFolder } from './sampleRun';

function moved(folder: string): TrashedRun {
  const trashed = moveToTrash(folder);
  if (trashed === undefined) throw new Error('it was not there');
  return trashed;
}

describe('a run in the trash', () => {
  it('is no run of its folder any more, and comes back as it was', async () => {
    const folder = sampleRunFolder();
    writeFileSync(join(folder, 'tags.json'), '{"mine":1}');
    const run = moved(folder);
    expect(existsSync(folder)).toBe(false);
    expect((await listRuns(dirname(folder))).runs).toEqual([]);
    expect(listTrash(dirname(folder))).toEqual([run]);
    expect(restoreFromTrash(run)).toBe(true);
    expect(readFileSync(join(folder, 'tags.json'), 'utf8')).toBe('{"mine":1}');
    expect(listTrash(dirname(folder))).toEqual([]);
  });

  it('stands beside another of its name', () => {
    const folder = sampleRunFolder();
    const first = moved(folder);
    createRunFolder(dirname(folder), sampleRun());
    const second = moved(folder);
    expect(second.trashed).not.toBe(first.trashed);
    expect(listTrash(dirname(folder)).map((run) => run.folder)).toEqual([folder, folder]);
    expect(restoreFromTrash(second)).toBe(true);
    // The first one would replace it.
    expect(() => restoreFromTrash(first)).toThrow(/exists already/);
    expect(existsSync(first.trashed)).toBe(true);
  });

  it('never takes the place of what is there by now, not even of an empty folder', () => {
    const folder = sampleRunFolder();
    const run = moved(folder);
    mkdirSync(folder);
    expect(() => restoreFromTrash(run)).toThrow(/exists already/);
  });

  it('is gone for good when it is deleted, and then cannot come back', async () => {
    const folder = sampleRunFolder();
    const run = moved(folder);
    await deleteFromTrash(run);
    expect(listTrash(dirname(folder))).toEqual([]);
    expect(restoreFromTrash(run)).toBe(false);
  });
});

describe('what cannot be moved', () => {
  it('is a run that a trainer holds', () => {
    const folder = sampleRunFolder();
    const lock = acquireLock(folder);
    expect(() => moveToTrash(folder)).toThrow(/being trained/);
    expect(existsSync(folder)).toBe(true);
    lock.release();
    expect(moved(folder).folder).toBe(folder);
  });

  it('is one that is gone already, without a word', () => {
    expect(moveToTrash(join(sampleRunFolder(), 'nowhere'))).toBeUndefined();
  });
});

it('a folder of runs that is not there has an empty trash', () => {
  expect(listTrash(join(sampleRunFolder(), 'nowhere'))).toEqual([]);
});
