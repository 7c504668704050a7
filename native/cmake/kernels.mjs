// For what the CUDA backend is compiled and how: one list for the build and for the table of its kernels.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { root } from './wheels.mjs';

/** Compute capabilities that get machine code; later ones get the last one's PTX. */
export const ARCHITECTURES = ['75', '80', '86', '89', '90', '100', '120'];

export const objects = path.join(root, 'build', 'cuda-objects');

const latest = ARCHITECTURES.at(-1);
/** From the root of the project. */
export const flags = [
  ...['-x', 'cu', '-std=c++20', '-O3', '--expt-relaxed-constexpr', '-Inative', '-Xptxas', '-v'],
  '-Xcompiler',
  '-Wall,-Wextra,-fPIC,-fvisibility=hidden,-fvisibility-inlines-hidden,-ffp-contract=off',
  ...['--Werror', 'all-warnings', '-Xfatbin', '-compress-all', '--compress-mode=size'],
  ...ARCHITECTURES.flatMap((each) => ['-gencode', `arch=compute_${each},code=sm_${each}`]),
  ...['-gencode', `arch=compute_${latest},code=compute_${latest}`],
];

/** native/cuda/NAME.cu of every file that nvcc compiles. */
export function kernelFiles() {
  return ['native/cuda', 'native/cuda/nvidia'].flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder))
      .filter((file) => /\.(cu|cc)$/.test(file))
      .map((file) => `${folder}/${file}`),
  );
}

/** Where the build puts a file's object. */
export function objectOf(file) {
  return path.join(objects, `${file.slice('native/cuda/'.length).replace('/', '.')}.o`);
}
