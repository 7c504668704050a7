// Every report that a probe may bring, and what is made of it: a GPU, or one sentence that says what to do.
import { describe, expect, test } from 'vitest';
import type { GpuListing, GpuTrial, ListedGpu } from '../../../extension/trainer/addon';
import { decide, deviceNotice } from '../../../extension/trainer/devices/chooseDevice';
import {
  gpuProblem,
  listingProblem,
  trialProblem,
  usableGpus,
  visibleOnly,
} from '../../../extension/trainer/devices/gpuChoice';
import {
  anyGpu,
  gpuSentence,
  meansNone,
  type GpuProblem,
} from '../../../extension/trainer/devices/gpuProblem';

const gpu: ListedGpu = {
  name: 'NVIDIA A100',
  uuid: 'GPU-0a',
  capability: 80,
  freeBytes: 79e9,
  totalBytes: 80e9,
  failure: '',
};
const listing: GpuListing = {
  driverVersion: 13000,
  runtimeVersion: 13050,
  failure: '',
  gpus: [gpu],
};
const trial: GpuTrial = { kernelIsRight: true, productIsRight: true, failure: '' };

/** One sentence's text: a reason and, after it, what to do. */
function sentence(problem: GpuProblem | undefined): string {
  if (problem === undefined) throw new Error('there is no problem');
  return gpuSentence(problem);
}

describe('a machine', () => {
  const none = { ...listing, gpus: [] };
  test.each<[string, GpuListing, string, RegExp]>([
    [
      'without a driver',
      { ...none, driverVersion: 0, failure: 'cudaErrorInsufficientDriver' },
      'no-driver',
      /no NVIDIA driver.*; install one/,
    ],
    [
      'whose driver is too old',
      { ...none, driverVersion: 12040, failure: 'cudaErrorInsufficientDriver' },
      'driver-too-old',
      /knows CUDA 12\.4 and CUDA 13 is needed; install driver 580/,
    ],
    [
      'whose driver does not start',
      { ...none, failure: 'cudaErrorSystemDriverMismatch' },
      'driver-failed',
      /cudaErrorSystemDriverMismatch.*; see whether nvidia-smi/,
    ],
    [
      'without a GPU',
      { ...none, failure: 'cudaErrorNoDevice' },
      'no-gpu',
      /finds no GPU; see whether/,
    ],
    [
      'whose GPUs are hidden',
      { ...none, failure: 'cudaErrorNoDevice' },
      'no-gpu',
      /CUDA_VISIBLE_DEVICES is "".*; change it or unset it/,
    ],
  ])('%s', (name, report, kind, text) => {
    const problem = listingProblem(report, name.includes('hidden') ? '' : undefined);
    expect(problem?.kind).toBe(kind);
    expect(sentence(problem)).toMatch(text);
  });

  test('with a driver of the same major version as the runtime, whichever is newer', () => {
    expect(listingProblem(listing, undefined)).toBeUndefined();
    expect(listingProblem({ ...listing, driverVersion: 14010 }, undefined)).toBeUndefined();
  });
});

describe('a GPU', () => {
  test.each<[string, Partial<ListedGpu>, string, RegExp]>([
    [
      'that is too old',
      { capability: 70 },
      'gpu-too-old',
      /compute capability 7\.0 and 7\.5 .* is the lowest/,
    ],
    [
      'that another process has for itself',
      { failure: 'cudaErrorDevicesUnavailable' },
      'gpu-taken',
      /taken by another process .*; end that process/,
    ],
    [
      'whose memory others have',
      { freeBytes: 100e6 },
      'memory-taken',
      /has 0\.1 of its 80\.0 GB of memory free; end other processes/,
    ],
    [
      'without room for a context',
      { freeBytes: 0, failure: 'cudaErrorMemoryAllocation' },
      'memory-taken',
      /0\.0 of its 80\.0 GB/,
    ],
    [
      'that fails otherwise',
      { failure: 'cudaErrorECCUncorrectable' },
      'gpu-failed',
      /cudaErrorECCUncorrectable.*Xid/,
    ],
  ])('%s', (_, changes, kind, text) => {
    const problem = gpuProblem({ ...gpu, ...changes });
    expect(problem?.kind).toBe(kind);
    expect(sentence(problem)).toMatch(text);
  });

  test('of Turing is new enough', () => {
    expect(gpuProblem({ ...gpu, capability: 75 })).toBeUndefined();
  });

  test.each<[string, Partial<GpuTrial>, string]>([
    ['a kernel', { kernelIsRight: false }, 'kernel-wrong'],
    ['a product', { productIsRight: false }, 'product-wrong'],
    [
      'nothing, as it failed,',
      { failure: 'CUDA: gemm: unknown error', kernelIsRight: false },
      'gpu-failed',
    ],
  ])('that computed %s wrongly', (_, changes, kind) => {
    expect(trialProblem(gpu, { ...trial, ...changes })?.kind).toBe(kind);
    expect(trialProblem(gpu, trial)).toBeUndefined();
  });
});

describe('of several GPUs', () => {
  const small = { ...gpu, name: 'small', uuid: 'GPU-0b', freeBytes: 8e9 };
  const old = { ...gpu, name: 'old', uuid: 'GPU-0c', capability: 61, freeBytes: 90e9 };
  const several = { ...listing, gpus: [small, old, gpu] };
  const numbers = (wanted: number): unknown => {
    const usable = usableGpus(several, wanted);
    return 'problem' in usable ? usable.problem.kind : usable.map(({ number }) => number);
  };

  test('the one with the most free memory comes first, and one that cannot be used never', () => {
    expect(numbers(anyGpu)).toEqual([2, 0]);
  });

  test('one that can be used has no problem, not even an undefined one', () => {
    expect(usableGpus(several, 0)).toStrictEqual([{ number: 0, gpu: small }]);
  });

  test('the one that is asked for is taken, or refused', () => {
    expect(numbers(0)).toEqual([0]);
    expect(numbers(1)).toBe('gpu-too-old');
    expect(numbers(3)).toBe('number-unknown');
    expect(sentence({ kind: 'number-unknown', gpu: 3, count: 3 })).toMatch(
      /numbers 0 to 2; set "gpu"/,
    );
    expect(sentence({ kind: 'number-unknown', gpu: 3, count: 1 })).toMatch(/there is 1, number 0;/);
  });

  test('the others are hidden from CUDA, by what the user had it see', () => {
    expect(visibleOnly(1, small)).toBe('GPU-0b');
    expect(visibleOnly(1, small, '4, 6')).toBe('6');
    expect(visibleOnly(0, small, 'MIG-1')).toBe('MIG-1');
  });
});

describe('a wish', () => {
  const taken: GpuProblem = { kind: 'gpu-taken', name: gpu.name };
  const found = (): { number: number; gpu: ListedGpu } => ({ number: 0, gpu });
  const notFound = (): { problem: GpuProblem } => ({ problem: taken });
  const wish = (device: 'auto' | 'cpu' | 'cuda') => ({ device, gpu: anyGpu });

  test('for the processor looks for no GPU', () => {
    const never = (): never => {
      throw new Error('it looked');
    };
    expect(decide(wish('cpu'), never).chosen).toEqual({ kind: 'cpu' });
  });

  test('that is auto takes a GPU, or goes on without and says why', () => {
    expect(decide(wish('auto'), found).chosen).toEqual({ kind: 'cuda', number: 0, name: gpu.name });
    const { chosen } = decide(wish('auto'), notFound);
    expect(chosen).toEqual({ kind: 'cpu', problem: taken });
    expect(deviceNotice(chosen)).toMatch(/^Computing on the processor: NVIDIA A100 is taken by/);
  });

  test('that is auto says nothing where there is no sign of a GPU', () => {
    const none: GpuProblem = { kind: 'no-driver' };
    expect(meansNone(none)).toBe(true);
    expect(deviceNotice({ kind: 'cpu', problem: none })).toBeUndefined();
  });

  test('for a GPU is refused where there is none, in one sentence with what to do', () => {
    expect(decide(wish('cuda'), found).chosen.kind).toBe('cuda');
    expect(() => decide(wish('cuda'), notFound)).toThrow(
      /^No GPU can be used as "device" is cuda: NVIDIA A100 is taken by .*; or set "device" to auto or cpu\.$/,
    );
  });
});
