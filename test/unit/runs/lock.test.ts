import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acquireLock, lockHolder } from '../../../extension/runs/lock';
import { runPaths } from '../../../extension/runs/runPaths';
import { compile, exitCode, firstLine, killHard, startChild } from './childProcess';
import { sampleRunFolder } from './sampleRun';

const holdLock = `
  import { acquireLock } from './lock';
  try {
    acquireLock(process.argv[2] ?? '');
    console.log('held');
    setInterval(() => {}, 1000);
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
    process.exitCode = 3;
  }`;

test('a second trainer is refused by a sentence that names process, host and folder', async () => {
  const folder = sampleRunFolder();
  const lock = acquireLock(folder);
  const second = startChild(compile(holdLock), [folder]);
  const line = await firstLine(second);
  for (const part of [folder, String(process.pid), hostname()]) expect(line).toContain(part);
  expect(await exitCode(second)).toBe(3);
  lock.release();
  expect(lockHolder(folder)).toBeUndefined();
  acquireLock(folder).release();
  expect(readdirSync(folder).filter((name) => name.includes('lock'))).toEqual([]);
});

test('the same process cannot take a lock twice', () => {
  const folder = sampleRunFolder();
  const lock = acquireLock(folder);
  expect(() => acquireLock(folder)).toThrow('being trained already');
  lock.release();
});

test('the lock of a killed process is taken over', async () => {
  const folder = sampleRunFolder();
  const first = startChild(compile(holdLock), [folder]);
  expect(await firstLine(first)).toBe('held');
  expect(lockHolder(folder)).toMatchObject({ pid: first.pid, alive: true });
  await killHard(first);
  expect(lockHolder(folder)).toMatchObject({ pid: first.pid, alive: false });
  const lock = acquireLock(folder);
  expect(lockHolder(folder)).toMatchObject({ pid: process.pid, alive: true });
  lock.release();
});

test('of many that find a stale lock, one gets it', async () => {
  const folder = sampleRunFolder();
  const file = compile(holdLock);
  for (let round = 0; round < 3; round += 1) {
    const first = startChild(file, [folder]);
    await firstLine(first);
    await killHard(first);
    const others = Array.from({ length: 6 }, () => startChild(file, [folder]));
    const lines = await Promise.all(others.map(firstLine));
    expect(lines.filter((line) => line === 'held')).toHaveLength(1);
    await Promise.all(others.map(killHard));
  }
});

test('a process killed while it took over does not block the folder', () => {
  const folder = sampleRunFolder();
  const dead = { format: 1, pid: 4_194_305, host: hostname(), started: 'x', nonce: 'a' };
  const { lock } = runPaths(folder);
  writeFileSync(lock, JSON.stringify(dead));
  writeFileSync(`${lock}.takeover`, JSON.stringify(dead));
  const held = acquireLock(folder);
  expect(lockHolder(folder)?.pid).toBe(process.pid);
  held.release();
  expect(existsSync(`${lock}.takeover`)).toBe(false);
});

test('the lock of another host stands', () => {
  const folder = sampleRunFolder();
  const other = { format: 1, pid: 1, host: 'another-host', started: 'x', nonce: 'a' };
  writeFileSync(runPaths(folder).lock, JSON.stringify(other));
  expect(() => acquireLock(folder)).toThrow('process 1 on another-host');
  expect(lockHolder(folder)).toMatchObject({ alive: true });
});

test('a folder that went away is refused by name', () => {
  const folder = sampleRunFolder();
  rmSync(folder, { recursive: true });
  expect(() => acquireLock(folder)).toThrow(folder);
  mkdirSync(join(folder), { recursive: true });
});
