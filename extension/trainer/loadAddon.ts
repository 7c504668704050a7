// Finds the native addons: in build/ of a checkout, beside the bundle in an installed extension.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Failure } from '../shared/failures';
import type { Addon, GpuAddon } from './addon';

/**
 * The one that computes on the processor. ADAPTER_LAB_ADDON names a file to load in its place, for tests of another backend.
 * Throws a Failure that names every place that was tried and why it did not serve.
 */
export function loadAddon(): Addon {
  return load(candidates('adapter_lab_cpu.node', process.env.ADAPTER_LAB_ADDON));
}

/** The one that computes on a GPU, which a probe has tried before. */
export function loadCudaAddon(): GpuAddon {
  return load([cudaAddonFile()]) as GpuAddon;
}

/** Where the addon for GPUs is, or should be. ADAPTER_LAB_CUDA_ADDON names another, for tests without a GPU. */
export function cudaAddonFile(): string {
  const places = candidates('adapter_lab_cuda.node', process.env.ADAPTER_LAB_CUDA_ADDON);
  return places.find((file) => existsSync(file)) ?? places.at(-1) ?? '';
}

function load(files: string[]): Addon {
  const require = createRequire(join(__dirname, 'addon'));
  const tried: string[] = [];
  for (const file of files) {
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
function candidates(binary: string, named: string | undefined): string[] {
  if (named) return [named];
  const start = __dirname;
  const places: string[] = [];
  for (let folder = start; dirname(folder) !== folder; folder = dirname(folder)) {
    if (!existsSync(join(folder, 'package.json'))) continue;
    places.push(join(folder, 'build', 'Release', binary));
    break;
  }
  return [...places, join(start, 'native', `${process.platform}-${process.arch}`, binary)];
}
