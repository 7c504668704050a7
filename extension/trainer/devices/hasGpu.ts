// Whether "auto" would compute on a GPU, for estimates that are made while somebody types: devices are listed, once a process,
// and nothing is computed on them.
import { mayHaveDriver } from './driverSigns';
import { usableGpus } from './gpuChoice';
import type { GpuNumber } from './gpuProblem';
import { listGpus } from './probe';

let listed: ReturnType<typeof listGpus> | undefined;

export function hasGpu(wanted: GpuNumber): boolean {
  if (!mayHaveDriver()) return false;
  listed ??= listGpus();
  return 'answer' in listed && !('problem' in usableGpus(listed.answer, wanted));
}
