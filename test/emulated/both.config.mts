// Golden tests on CUDA's kernels, which run on the host: the whole of training in f32 to the tolerances that the CPU is held
// to, a step in bf16, and runs on a device with little memory.
import { join } from 'node:path';
import { defineConfig, mergeConfig } from 'vitest/config';
import { goldenFiles } from '../cuda/goldenFiles.mjs';
import base from './vitest.config.mts';

const addon = join(import.meta.dirname, '../../build/Release/adapter_lab_emulated.node');

function project(name: 'f32' | 'bf16', include: string[]) {
  const env = {
    ADAPTER_LAB_ADDON: addon,
    ADAPTER_LAB_ACTIVATIONS: name,
    // Steps repeat their launches; the tests of the ops watch every one (native/cuda/emulation/watch.h).
    ADAPTER_LAB_WATCHED_LAUNCHES: '8',
  };
  return { test: { name, include, env, testTimeout: base.test?.testTimeout } };
}

export default mergeConfig(
  base,
  defineConfig({
    test: {
      projects: [project('f32', goldenFiles), project('bf16', ['test/emulated/**/*.test.ts'])],
      // Emulated kernels run on one thread.
      maxWorkers: '100%',
    },
  }),
);
