// The GPU that both sides compute on, and our addon for it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { productsText } from '../../../extension/trainer/devices/cublasLt';
import { visibleOnly } from '../../../extension/trainer/devices/gpuChoice';
import { gigabytes, gpuSentence } from '../../../extension/trainer/devices/gpuProblem';
import { findGpu, findProducts, visibleDevices } from '../../../extension/trainer/devices/probe';

const top = join(import.meta.dirname, '../../..');
export const emulatedAddon = join(top, 'build/Release/adapter_lab_emulated.node');

/** With less of its memory free, somebody else is at work on it. */
const idleShare = 0.95;

export function buildForGpu(): void {
  for (const script of ['build', 'build:cuda']) {
    const { status } = spawnSync('npm', ['run', script], { cwd: top, stdio: ['ignore', 2, 2] });
    if (status !== 0) throw new Error(`npm run ${script} failed.`);
  }
}

export function emulateGpu(): void {
  if (!existsSync(emulatedAddon))
    throw new Error(`${emulatedAddon} is missing: npm run test:cuda:emulated makes it.`);
  process.env.ADAPTER_LAB_CUDA_ADDON = emulatedAddon;
}

/** All that is started from now on sees this one alone. A GPU that cannot be used is an error: nothing is left out silently. */
export function takeGpu(wanted: number): void {
  // Of tests: here engines are what a user has.
  delete process.env.ADAPTER_LAB_ADDON;
  delete process.env.ADAPTER_LAB_ACTIVATIONS;
  const found = findGpu(wanted);
  if ('problem' in found) throw new Error(`There is a GPU, but ${gpuSentence(found.problem)}.`);
  const { name, freeBytes, totalBytes } = found.gpu;
  console.log(`${name}; ${productsText(findProducts(found))}.`);
  if (freeBytes < idleShare * totalBytes)
    console.log(
      `Of its ${gigabytes(totalBytes)} GB of memory ${gigabytes(freeBytes)} are free: what else uses it makes these figures worthless.`,
    );
  process.env.CUDA_VISIBLE_DEVICES = visibleOnly(found.number, found.gpu, visibleDevices());
}
