// For what the CUDA backend is compiled and how: one list for the build and for the table of its kernels.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { root } from './wheels.mjs';

/** Compute capabilities that get machine code. */
export const ARCHITECTURES = ['75', '80', '86', '89', '90', '100', '120'];

/**
 * Those of them from which on kernels may differ (`__CUDA_ARCH__`). nvcc reads a file once for each, which takes half of its
 * time; its PTX becomes the machine code of all up to the next. The last one's PTX is kept for GPUs of later capabilities.
 */
export const READ_FOR = ['75', '80'];

export const objects = path.join(root, 'build', 'cuda-objects');

function gencode(read) {
  const codes = ARCHITECTURES.filter(
    (each) => READ_FOR.findLast((from) => Number(from) <= Number(each)) === read,
  ).map((each) => `sm_${each}`);
  if (read === READ_FOR.at(-1)) codes.push(`compute_${read}`);
  return ['-gencode', `arch=compute_${read},code=[${codes.join(',')}]`];
}

/** From the root of the project. */
export const flags = [
  ...['-x', 'cu', '-std=c++20', '-O3', '--expt-relaxed-constexpr', '-Inative', '-Xptxas', '-v'],
  '-Xcompiler',
  '-Wall,-Wextra,-fPIC,-fvisibility=hidden,-fvisibility-inlines-hidden,-ffp-contract=off',
  ...['--Werror', 'all-warnings', '-Xfatbin', '-compress-all', '--compress-mode=size'],
  ...READ_FOR.flatMap(gencode),
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
