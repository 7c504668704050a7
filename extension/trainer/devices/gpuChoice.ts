// Which GPU is used, decided from what a probe reports. Pure: test/unit/trainer/gpuChoice.test.ts has a report of each problem.
import type { GpuListing, GpuTrial, ListedGpu } from '../addon';
import { anyGpu, lowestCapability, major, type GpuNumber, type GpuProblem } from './gpuProblem';

/** With less, kernels alone do not fit. */
const leastFreeBytes = 512e6;

/** Codes of CUDA's runtime for a GPU that another process has for itself. */
const takenFailures = new Set(['cudaErrorDevicesUnavailable', 'cudaErrorDeviceAlreadyInUse']);

/** Why there is no GPU to choose among, if there is none. */
export function listingProblem(
  { driverVersion, runtimeVersion, failure, gpus }: GpuListing,
  visible: string | undefined,
): GpuProblem | undefined {
  if (driverVersion === 0) return { kind: 'no-driver' };
  // Within a major version an older driver runs what was built for a newer runtime.
  if (major(driverVersion) < major(runtimeVersion) || failure === 'cudaErrorInsufficientDriver')
    return { kind: 'driver-too-old', driver: driverVersion, runtime: runtimeVersion };
  if (failure !== '' && failure !== 'cudaErrorNoDevice') return { kind: 'driver-failed', failure };
  return gpus.length === 0 ? { kind: 'no-gpu', visible } : undefined;
}

/** Why a GPU cannot be used, as far as that is known without a computation. */
export function gpuProblem(gpu: ListedGpu): GpuProblem | undefined {
  const { name, capability, freeBytes, totalBytes, failure } = gpu;
  if (capability < lowestCapability) return { kind: 'gpu-too-old', name, capability };
  if (takenFailures.has(failure)) return { kind: 'gpu-taken', name };
  if (failure === 'cudaErrorMemoryAllocation' || (failure === '' && freeBytes < leastFreeBytes))
    return { kind: 'memory-taken', name, freeBytes, totalBytes };
  return failure === '' ? undefined : { kind: 'gpu-failed', name, failure };
}

export function trialProblem({ name }: ListedGpu, trial: GpuTrial): GpuProblem | undefined {
  if (trial.failure !== '') return { kind: 'gpu-failed', name, failure: trial.failure };
  if (!trial.kernelIsRight) return { kind: 'kernel-wrong', name };
  return trial.productIsRight ? undefined : { kind: 'product-wrong', name };
}

export interface NumberedGpu {
  number: number;
  gpu: ListedGpu;
}

/** The one that is asked for; else those that can be used, the one with the most free memory first. */
export function usableGpus(
  { gpus }: GpuListing,
  wanted: GpuNumber,
): NumberedGpu[] | { problem: GpuProblem } {
  const judged = gpus.map((gpu, number) => ({ number, gpu, problem: gpuProblem(gpu) }));
  const asked = wanted === anyGpu ? judged : judged.filter(({ number }) => number === wanted);
  const usable = asked.filter(({ problem }) => problem === undefined);
  if (usable.length > 0) {
    return usable
      .map(({ number, gpu }) => ({ number, gpu }))
      .sort((a, b) => b.gpu.freeBytes - a.gpu.freeBytes);
  }
  const unknown: GpuProblem = { kind: 'number-unknown', gpu: wanted, count: gpus.length };
  return { problem: asked[0]?.problem ?? unknown };
}

/** CUDA_VISIBLE_DEVICES that leaves this GPU alone. */
export function visibleOnly(number: number, { uuid }: ListedGpu, visible?: string): string {
  const entries = visible?.split(',').map((entry) => entry.trim()) ?? [];
  return entries[number] ?? uuid;
}
