// What a view does with the command line's answer, and without one.
import { expect, it } from 'vitest';
import { listingBy } from '../../../extension/host/listing';
import type { ProgramResult } from '../../../extension/host/programs';

function answering(result: Partial<ProgramResult>) {
  const asked: (readonly string[])[] = [];
  const warned: string[] = [];
  const run = (parameters: readonly string[]): Promise<ProgramResult> => {
    asked.push(parameters);
    return Promise.resolve({ code: 0, stdout: '', stderr: '', ...result });
  };
  const ask = listingBy({ run }, { warn: (sentence) => warned.push(sentence) });
  return { ask, asked, warned };
}

it('asks for JSON and gives what it says', async () => {
  const { ask, asked, warned } = answering({ stdout: '{"folders":[]}' });
  expect(await ask(['models', '/a'])).toEqual({ folders: [] });
  expect(asked).toEqual([['models', '/a', '--json']]);
  expect(warned).toEqual([]);
});

it('has nothing where the command line failed, and logs why', async () => {
  const { ask, warned } = answering({ code: null, stderr: 'adapter-lab: it was killed\n' });
  expect(await ask(['models', '/a'])).toBeUndefined();
  expect(warned).toEqual(['adapter-lab: it was killed']);
});
