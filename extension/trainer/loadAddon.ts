// Finds the native addon: in build/ of a checkout, beside the bundle in an installed extension.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Failure } from '../shared/failures';
import type { Addon } from './addon';

const binary = 'adapter_lab_cpu.node';

/**
 * ADAPTER_LAB_ADDON names a file to load in its place, for tests of another backend.
 * Throws a Failure that names every place that was tried and why it did not serve.
 */
export function loadAddon(): Addon {
  // libgomp reads its settings when it is loaded; the engine has threads of its own.
  process.env.OMP_NUM_THREADS = '1';
  const require = createRequire(join(__dirname, 'addon'));
  const tried: string[] = [];
  for (const file of candidates(__dirname)) {
    if (!existsSync(file)) {
      tried.push(`${file} is not there`);
      continue;
    }
    try {
      return require(file) as Addon;
    } catch (error) {
      tried.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Failure('addon-missing', { tried });
}

/** build/ of the folder with package.json, where it is newer than what was last packed; then the package's place. */
function candidates(start: string): string[] {
  const named = process.env.ADAPTER_LAB_ADDON;
  if (named) return [named];
  const places: string[] = [];
  for (let folder = start; dirname(folder) !== folder; folder = dirname(folder)) {
    if (!existsSync(join(folder, 'package.json'))) continue;
    places.push(join(folder, 'build', 'Release', binary));
    break;
  }
  return [...places, join(start, 'native', `${process.platform}-${process.arch}`, binary)];
}
