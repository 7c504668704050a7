// All that tests the CUDA backend on a GPU: ops against double precision and the CPU's, each twice to the same bits; training,
// generation and likelihoods against PyTorch's and PEFT's; steps twice to the same bits; compute-sanitizer's tools where it is
// installed. Without a GPU nothing is built, and what is skipped is counted. Usage: tsx test/cuda/run.mjs
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { goldenFiles } from './goldenFiles.mjs';
import { isGpuHere } from './gpuHere.ts';

const top = path.join(import.meta.dirname, '../..');
const tests = path.join(top, 'build/release/native_tests_cuda');
const addon = path.join(top, 'build/Release/adapter_lab_cuda.node');
const suites = [
  { activations: 'f32', files: goldenFiles },
  {
    activations: 'bf16',
    config: 'test/emulated/vitest.config.mts',
    files: ['test/emulated/wholeStep.test.ts'],
  },
];
const tools = ['memcheck', 'racecheck', 'initcheck', 'synccheck'];

function run(command, parameters, env = {}) {
  const { status, error } = spawnSync(command, parameters, {
    cwd: top,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  if (error?.code === 'ENOENT') return undefined;
  return status === 0;
}

/** Cases of native_tests_cuda (native/cmake/native_tests.cmake leaves the emulation's own out), and tests of the suites. */
function countTests() {
  const folder = path.join(top, 'test/native');
  const own = /^(emulation|device_memory|staging|counts|tensor_cores|cublas_lt)_cases/;
  const sources = fs.readdirSync(folder).filter((file) => /_cases\.cc$/.test(file));
  const native = sources.filter((file) => !own.test(file)).map((file) => path.join(folder, file));
  const counted = (files, pattern) =>
    files.reduce((sum, file) => sum + fs.readFileSync(file, 'utf8').match(pattern).length, 0);
  return counted(native, /^const Case /gm) + suites.flatMap(listed).length + tools.length;
}

function listed({ config = 'vitest.config.mts', files }) {
  const vitest = path.join(top, 'node_modules/vitest/vitest.mjs');
  const parameters = [vitest, 'list', '--config', config, ...files, '--json'];
  const options = { cwd: top, encoding: 'utf8', maxBuffer: 64 << 20 };
  return JSON.parse(spawnSync(process.execPath, parameters, options).stdout);
}

function testSuite({ activations, config = 'vitest.config.mts', files }) {
  const vitest = path.join(top, 'node_modules/vitest/vitest.mjs');
  const env = { ADAPTER_LAB_ADDON: addon, ADAPTER_LAB_ACTIVATIONS: activations };
  // One file at a time: tests measure the device's free memory.
  const parameters = [vitest, 'run', '--no-file-parallelism', '--config', config, ...files];
  return run(process.execPath, parameters, env);
}

/** True when it is not installed, which is said. */
function sanitize(tool) {
  const parameters = ['--tool', tool, '--error-exitcode', '1', tests, '', 'cuda'];
  const passed = run('compute-sanitizer', parameters);
  if (passed === undefined) console.log(`compute-sanitizer is not installed: ${tool} skipped`);
  return passed ?? true;
}

function main() {
  if (!isGpuHere()) {
    console.log(`no GPU here: ${countTests()} tests skipped`);
    return true;
  }
  const steps = [
    ['npm', ['run', 'build:cuda']],
    ['npm', ['run', 'build:ts']],
    ['cmake', ['--preset', 'release']],
    ['cmake', ['--build', '--preset', 'release', '--target', 'native_tests_cuda', '--parallel']],
  ];
  if (!steps.every(([command, parameters]) => run(command, parameters))) return false;
  // All are run, whatever fails.
  const passed = [run(tests, []), ...suites.map(testSuite), ...tools.map(sanitize)];
  return passed.every(Boolean);
}

process.exitCode = main() ? 0 : 1;
