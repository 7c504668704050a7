// Makes build/cuda, a CUDA compiler without a GPU's driver, from NVIDIA's packages on PyPI. Does nothing when it is there, nor
// with --unless-installed where the machine has CUDA 13 of its own, as native/cmake/cuda.cmake looks for it.
// Usage: node native/cmake/fetch-cuda.mjs [--unless-installed]
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fetchInto, root } from './wheels.mjs';

const version = '13.5.37';
const WHEELS = [
  {
    name: 'nvidia-cuda-nvcc',
    version,
    sha256: 'f5c4f7ead5d964fb4af42bbf1e6d3ec3c1e6e9d83b53749f691d387e7fcaa3a7',
  },
  {
    name: 'nvidia-nvvm',
    version,
    sha256: 'c41bfa362e407405163f103c2229f0765f8cc2ed7d148b754dc77f228bf7e070',
  },
  {
    name: 'nvidia-cuda-crt',
    version,
    sha256: 'e898b7f73d3035fa89915a3f7bf3b54a73e90249746111aed295822c4729bb29',
  },
  {
    name: 'nvidia-cuda-runtime',
    version,
    sha256: 'df2b79a8852f10d1fef8c848489c49eebb5754051bf870202a862831412b179d',
  },
  {
    name: 'nvidia-cuda-cccl',
    version: '13.3.5.0.6',
    sha256: 'd5230098fa2df5021e1a00c0c4eee41797671a91119d31e892463e5ccf3ee326',
  },
];

/** Unpacking a wheel forgets which files may be run. */
function assemble(unpacked, staged) {
  fs.cpSync(path.join(unpacked, 'nvidia', 'cu13'), staged, { recursive: true });
  for (const folder of ['bin', 'nvvm/bin'])
    for (const entry of fs.readdirSync(path.join(staged, folder), { withFileTypes: true }))
      if (entry.isFile()) fs.chmodSync(path.join(staged, folder, entry.name), 0o755);
}

function isInstalled() {
  const places = [`${process.env.CUDA_PATH ?? ''}/bin/nvcc`, 'nvcc', '/usr/local/cuda/bin/nvcc'];
  return places.some((nvcc) => {
    const { stdout } = spawnSync(nvcc, ['--version'], { encoding: 'utf8' });
    return Number(/release (\d+)\./.exec(stdout ?? '')?.[1] ?? 0) >= 13;
  });
}

const isWanted = !process.argv.includes('--unless-installed') || !isInstalled();
if (isWanted)
  fetchInto({
    title: `CUDA's compiler ${version}`,
    target: path.join(root, 'build', 'cuda'),
    made: [
      'bin/nvcc',
      'bin/ptxas',
      'nvvm/bin/cicc',
      'include/cuda_runtime.h',
      'lib/libcudart_static.a',
    ],
    wheels: WHEELS,
    assemble,
  });
