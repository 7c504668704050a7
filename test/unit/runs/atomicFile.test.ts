import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  readJsonIfWhole,
  removeUnfinished,
  writeAtomically,
} from '../../../extension/runs/atomicFile';
import { compile, firstLine, killHard, sleep, startChild } from './childProcess';
import { temporaryFolder } from './sampleRun';

test('a text replaces the one before and leaves nothing beside it', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'status.json');
  writeAtomically(file, '{"first":1}');
  writeAtomically(file, '{"second":2}', false);
  expect(readFileSync(file, 'utf8')).toBe('{"second":2}');
  expect(readdirSync(folder)).toEqual(['status.json']);
});

test('what cannot be written leaves nothing behind', () => {
  const folder = temporaryFolder();
  writeAtomically(join(folder, 'inner'), 'a file');
  expect(() => {
    writeAtomically(join(folder, 'inner', 'status.json'), '{}');
  }).toThrow('ENOTDIR: not a directory, open');
  expect(readdirSync(folder)).toEqual(['inner']);
});

test('a reader never sees a part, however the writer dies', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'status.json');
  const child = compile(`
    import { writeAtomically } from './atomicFile';
    const file = process.argv[2] ?? '';
    for (let count = 0; ; count += 1) {
      writeAtomically(file, JSON.stringify({ count, filler: 'x'.repeat(count % 3 * 70_000) }), count % 2 === 0);
      if (count === 1) console.log('writing');
    }`);
  let last = -1;
  for (let round = 0; round < 50; round += 1) {
    const writer = startChild(child, [file]);
    await firstLine(writer);
    await sleep(Math.random() * 30);
    await killHard(writer);
    const { count, filler } = JSON.parse(readFileSync(file, 'utf8')) as {
      count: number;
      filler: string;
    };
    expect(filler).toHaveLength((count % 3) * 70_000);
    last = Math.max(last, count);
  }
  expect(last).toBeGreaterThan(1);
  removeUnfinished(file);
  expect(readdirSync(folder)).toEqual(['status.json']);
});

test('a missing and a half copied file read as undefined', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'status.json');
  expect(readJsonIfWhole(file)).toBeUndefined();
  writeAtomically(file, '{"state": "runn');
  expect(readJsonIfWhole(file)).toBeUndefined();
});
