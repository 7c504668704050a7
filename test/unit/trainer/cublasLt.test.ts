// Where cuBLASLt is looked for, and what is made of what is found.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CublasLtTrial } from '../../../extension/trainer/addon';
import { chooseProducts, productsText } from '../../../extension/trainer/devices/cublasLt';
import { cublasLtFiles, usualPlaces } from '../../../extension/trainer/devices/cublasLtPlaces';

const right: CublasLtTrial = { version: 131001, productIsRight: true, failure: '' };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'adapter-lab-cublaslt-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function make(...path: string[]): string {
  const file = join(folder, ...path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  return file;
}

describe('a library', () => {
  test('is found where pip, conda, CUDA and the loader have it, in their order', () => {
    const made = [
      make('loader', 'libcublasLt.so.13'),
      make('cuda', 'lib64', 'libcublasLt.so.13'),
      make('venv/lib/python3.12/site-packages/nvidia/cu13/lib/libcublasLt.so.13'),
      make('conda', 'lib', 'libcublasLt.so.13'),
      make('home/.local/lib/python3.11/site-packages/nvidia/cublas/lib/libcublasLt.so.12'),
    ];
    const environment = {
      ...{ LD_LIBRARY_PATH: `:${join(folder, 'loader')}`, CUDA_PATH: join(folder, 'cuda') },
      ...{ VIRTUAL_ENV: join(folder, 'venv'), CONDA_PREFIX: join(folder, 'conda') },
    };
    const places = usualPlaces(environment, join(folder, 'home'));
    const [loader, cuda, venv, conda, home] = made;
    const found = cublasLtFiles(undefined, places).filter((file) => file.startsWith(folder));
    expect(found).toEqual([loader, cuda, venv, home, conda]);
  });

  test('of the wanted version comes before others of its folder', () => {
    const names = ['libcublasLt.so.12', 'libcublasLt.so.13', 'libcublasLt.so.13.1.0.3'];
    for (const name of names) make(name);
    const expected = ['libcublasLt.so.13', 'libcublasLt.so.12'].map((name) => join(folder, name));
    expect(cublasLtFiles(undefined, [folder, folder])).toEqual(expected);
  });

  test('that is named, or whose folder is, is the only one', () => {
    const usual = dirname(make('usual', 'libcublasLt.so.13'));
    const own = make('own', 'lib64', 'libcublasLt.so.13');
    const other = make('own', 'whatever.so');
    expect(cublasLtFiles(join(folder, 'own'), [usual])).toEqual([own]);
    expect(cublasLtFiles(dirname(own), [usual])).toEqual([own]);
    expect(cublasLtFiles(other, [usual])).toEqual([other]);
    expect(cublasLtFiles(join(folder, 'nothing'), [usual])).toEqual([]);
  });
});

describe('products', () => {
  const text = (
    trials: Record<string, Partial<CublasLtTrial>>,
    named?: string,
    files = Object.keys(trials),
  ): string =>
    productsText(chooseProducts(named, files, (file) => ({ ...right, ...trials[file] })));

  test('are those of the first library that computes rightly', () => {
    const trials = { '/a/12': { version: 120804 }, '/b/13': {}, '/c/13': {} };
    expect(text(trials)).toBe('products by cuBLASLt 13.10.1 (/b/13)');
  });

  test.each<[string, Partial<CublasLtTrial>, RegExp]>([
    ['of another version', { version: 120804 }, /\/a is cuBLASLt 12\.8\.4 and 13 is needed; inst/],
    ['that does not load', { version: 0, failure: 'no such' }, /\/a cannot be used \(no such\); /],
    ['that computes wrongly', { productIsRight: false }, /\/a computed a product other .*; inst/],
  ])('are our own where there is but one %s', (_, trial, sentence) => {
    expect(text({ '/a': trial })).toMatch(sentence);
    expect(text({ '/a': trial })).toMatch(/^products by own kernels: /);
  });

  test('are our own where there is none, or where none is wanted', () => {
    expect(text({})).toMatch(/13 was not found; .* install it with "pip install nvidia-cublas"/);
    expect(text({}, '/b')).toMatch(/no libcublasLt\.so\.13 at \/b; correct "adapterLab\.cublasLt"/);
    expect(text({ '/a': {} }, 'none')).toMatch(/is none$/);
  });
});
