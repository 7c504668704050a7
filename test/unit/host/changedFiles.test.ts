import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ChangedFiles, folderSignature } from '../../../extension/host/changedFiles';
import { fileSignature } from '../../../extension/runs/fileSignature';
import { temporaryFolder } from '../runs/sampleRun';

test('only what changed is asked for again, and what went away is left out', async () => {
  const folder = temporaryFolder();
  const files = ['a', 'b', 'c'].map((name) => join(folder, name));
  for (const file of files) writeFileSync(file, file);
  const asked: string[][] = [];
  const changed = new ChangedFiles<string>(fileSignature, (paths) => {
    asked.push([...paths]);
    return Promise.resolve(new Map(paths.map((path) => [path, `told ${path}`])));
  });
  expect(await changed.read(files)).toEqual(files.map((file) => `told ${file}`));
  await changed.read(files);
  expect(asked).toEqual([files]);
  const [a = '', b = '', c = ''] = files;
  writeFileSync(b, 'longer than before, so that it is another file');
  rmSync(c);
  expect(await changed.read(files)).toEqual([`told ${a}`, `told ${b}`]);
  expect(asked.slice(1)).toEqual([[b]]);
  await changed.read([a, b], 'others');
  expect(asked.at(-1)).toEqual([a, b]);
});

test('what nothing was told of is left out, and asked for again', async () => {
  const file = join(temporaryFolder(), 'a');
  writeFileSync(file, '');
  let calls = 0;
  const changed = new ChangedFiles<string>(fileSignature, () => {
    calls += 1;
    return Promise.resolve(new Map<string, string>());
  });
  expect(await changed.read([file])).toEqual([]);
  expect(await changed.read([file])).toEqual([]);
  expect(calls).toBe(2);
});

test('a folder is another one when one of the files that matter is', async () => {
  const folder = join(temporaryFolder(), 'model');
  const names = /\.json$/;
  expect(await folderSignature(folder, names)).toBe('gone');
  mkdirSync(folder);
  writeFileSync(join(folder, 'config.json'), '{}');
  const before = await folderSignature(folder, names);
  writeFileSync(join(folder, 'notes.txt'), 'more');
  expect(await folderSignature(folder, names)).toBe(before);
  utimesSync(join(folder, 'config.json'), 1, 1);
  expect(await folderSignature(folder, names)).not.toBe(before);
});
