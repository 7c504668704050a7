// Golden tests on CUDA's kernels, which run on the host: the whole of training in f32 to the tolerances that the CPU is held
// to, then a step in bf16, and runs on a device with little memory. Usage: node test/emulated/run.mjs
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { goldenFiles } from '../cuda/goldenFiles.mjs';

const top = join(import.meta.dirname, '../..');
function vitest(activations, files) {
  const env = {
    ...process.env,
    ADAPTER_LAB_ADDON: join(top, 'build/Release/adapter_lab_emulated.node'),
    ADAPTER_LAB_ACTIVATIONS: activations,
  };
  const { status } = spawnSync(
    process.execPath,
    [
      join(top, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--config',
      'test/emulated/vitest.config.mts',
      ...files,
    ],
    { cwd: top, env, stdio: 'inherit' },
  );
  return status === 0;
}

const results = [vitest('f32', goldenFiles), vitest('bf16', ['test/emulated'])];
process.exitCode = results.every(Boolean) ? 0 : 1;
