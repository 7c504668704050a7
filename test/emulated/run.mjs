// Golden tests on CUDA's kernels, which run on the host: the whole of training in f32 to the tolerances that the CPU is held
// to, then a step in bf16, and runs on a device with little memory. Usage: node test/emulated/run.mjs
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { goldenFiles } from '../cuda/goldenFiles.mjs';

const top = join(import.meta.dirname, '../..');
function vitest(activations, files) {
  const env = {
    ...process.env,
    ADAPTER_LAB_ADDON: join(top, 'build/Release/adapter_lab_emulated.node'),
    ADAPTER_LAB_ACTIVATIONS: activations,
  };
  const child = spawn(
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
  return new Promise((resolve) => {
    child.once('close', (status) => {
      resolve(status === 0);
    });
  });
}

// Emulated kernels run on one thread.
const results = await Promise.all([vitest('f32', goldenFiles), vitest('bf16', ['test/emulated'])]);
process.exitCode = results.every(Boolean) ? 0 : 1;
