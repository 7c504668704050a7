// Whether "auto" would compute on a GPU, for estimates that are made while somebody types: devices are listed, once a process,
// and nothing is computed on them.
import { existsSync } from 'node:fs';
import { usableGpus } from './gpuChoice';
import type { GpuNumber } from './gpuProblem';
import { listGpus } from './probe';

/** One of them is there wherever the NVIDIA driver is loaded; /dev/dxg is WSL's. Elsewhere nothing need be asked. */
const signs = ['/proc/driver/nvidia/version', '/dev/nvidiactl', '/dev/dxg'];

let listed: ReturnType<typeof listGpus> | undefined;

export function hasGpu(wanted: GpuNumber): boolean {
  if (!signs.some((sign) => existsSync(sign))) return false;
  listed ??= listGpus();
  return 'answer' in listed && !('problem' in usableGpus(listed.answer, wanted));
}
