// Emulation is slow: tests that the CPU ends in a second take a minute.
import { defineConfig, mergeConfig } from 'vitest/config';
import base from '../../vitest.config.mts';

export default mergeConfig(
  base,
  defineConfig({ test: { include: ['test/emulated/**/*.test.ts'], testTimeout: 1_200_000 } }),
);
