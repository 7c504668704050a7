// Why a GPU cannot be used, and one sentence for each that says what to do about it.

/** Which GPU: that with the most free memory (-1), or one by its number among those that CUDA shows. */
export type GpuNumber = number;
export const anyGpu: GpuNumber = -1;

export type GpuProblem =
  /** The CUDA addon could not be loaded, or the process that tried it died. */
  | { kind: 'addon-missing'; file: string }
  | { kind: 'probe-failed'; how: string }
  | { kind: 'no-driver' }
  | { kind: 'driver-too-old'; driver: number; runtime: number }
  | { kind: 'driver-failed'; failure: string }
  /** `visible` is CUDA_VISIBLE_DEVICES, where it is set. */
  | { kind: 'no-gpu'; visible: string | undefined }
  | { kind: 'number-unknown'; gpu: number; count: number }
  | { kind: 'gpu-too-old'; name: string; capability: number }
  | { kind: 'gpu-taken'; name: string }
  | { kind: 'memory-taken'; name: string; freeBytes: number; totalBytes: number }
  | { kind: 'gpu-failed'; name: string; failure: string }
  | { kind: 'kernel-wrong'; name: string }
  | { kind: 'product-wrong'; name: string };

type Kind = GpuProblem['kind'];
type Sentences = { [K in Kind]: (problem: Extract<GpuProblem, { kind: K }>) => string };

const driverPages = 'https://www.nvidia.com/drivers';

/** Each begins small, as it follows a colon or a "but". */
const sentences: Sentences = {
  'addon-missing': ({ file }) =>
    `the CUDA addon ${file} is not there; install the extension's package again, or build it with "npm run build:cuda"`,
  'probe-failed': ({ how }) =>
    `the process that looked for a GPU ${how}; see whether nvidia-smi works, and restart the machine if it does not`,
  'no-driver': () => `there is no NVIDIA driver on this machine; install one from ${driverPages}`,
  'driver-too-old': ({ driver, runtime }) =>
    `the NVIDIA driver knows CUDA ${version(driver)} and CUDA ${major(runtime)} is needed; install driver 580 or a newer one from ${driverPages}`,
  'driver-failed': ({ failure }) =>
    `the NVIDIA driver does not start (${failure}); see whether nvidia-smi works, and restart the machine or install the driver again if it does not`,
  'no-gpu': ({ visible }) =>
    visible === undefined
      ? 'the NVIDIA driver finds no GPU; see whether nvidia-smi lists one'
      : `CUDA_VISIBLE_DEVICES is "${visible}", which leaves no GPU; change it or unset it`,
  'number-unknown': ({ gpu, count }) =>
    `there is no GPU ${gpu}, as there ${count === 1 ? 'is 1, number 0' : `are ${count}, numbers 0 to ${count - 1}`}; set "gpu" to one of them, or to -1 for the one with the most free memory`,
  'gpu-too-old': ({ name, capability }) =>
    `${name} has compute capability ${capabilityText(capability)} and ${capabilityText(lowestCapability)} (Turing, 2018) is the lowest that is supported; use a newer GPU or the processor`,
  'gpu-taken': ({ name }) =>
    `${name} is taken by another process (its compute mode is exclusive or prohibited); end that process, or allow several with "nvidia-smi -c DEFAULT"`,
  'memory-taken': ({ name, freeBytes, totalBytes }) =>
    `${name} has ${gigabytes(freeBytes)} of its ${gigabytes(totalBytes)} GB of memory free; end other processes that use it (nvidia-smi lists them)`,
  'gpu-failed': ({ name, failure }) =>
    `${name} failed a small computation (${failure}); restart the machine, and see the kernel's log for "Xid" if it fails again`,
  'kernel-wrong': ({ name }) =>
    `${name} computed a sum wrongly and cannot be trusted; update the driver, and have the GPU checked if it happens again`,
  'product-wrong': ({ name }) =>
    `${name} computed a matrix product wrongly and cannot be trusted; update the driver, and have the GPU checked if it happens again`,
};

export function gpuSentence(problem: GpuProblem): string {
  return (sentences[problem.kind] as (problem: GpuProblem) => string)(problem);
}

/** No sign of a GPU on this machine: nobody who has none needs to be told. */
export function meansNone({ kind }: GpuProblem): boolean {
  return kind === 'no-driver' || kind === 'no-gpu' || kind === 'addon-missing';
}

/** 75 for 7.5, Turing: the first whose machine code the addon has (native/cmake/kernels.mjs). */
export const lowestCapability = 75;

/** 8.9 of 89. */
export function capabilityText(capability: number): string {
  return `${Math.floor(capability / 10)}.${capability % 10}`;
}

/** 13.2 of 13020. */
function version(number: number): string {
  return `${major(number)}.${Math.floor((number % 1000) / 10)}`;
}

export function major(number: number): number {
  return Math.floor(number / 1000);
}

export function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
