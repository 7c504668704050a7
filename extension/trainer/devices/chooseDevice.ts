// What this process computes on. CUDA counts GPUs anew for each process, so a process has one for all its engines, chosen before
// the addon is loaded; memory that is free changes from one to the next, so each looks for itself.
import { Failure } from '../../shared/failures';
import type { Addon } from '../addon';
import { loadAddon, loadCudaAddon } from '../loadAddon';
import { productsText, type Products } from './cublasLt';
import { mayHaveDriver } from './driverSigns';
import { visibleOnly, type NumberedGpu } from './gpuChoice';
import { gpuSentence, meansNone, type GpuNumber, type GpuProblem } from './gpuProblem';
import { findGpu, findProducts, visibleDevices } from './probe';

export interface DeviceWish {
  device: 'auto' | 'cpu' | 'cuda';
  gpu: GpuNumber;
}

export type ChosenDevice =
  | { kind: 'cuda'; number: number; name: string }
  /** The problem is why it is no GPU, if one was looked for. */
  | { kind: 'cpu'; problem?: GpuProblem };

/** Throws a Failure where a GPU must be used and none can. */
export function decide(
  { device, gpu }: DeviceWish,
  find: (wanted: GpuNumber) => NumberedGpu | { problem: GpuProblem },
): { chosen: ChosenDevice; found?: NumberedGpu } {
  if (device === 'cpu') return { chosen: { kind: 'cpu' } };
  const found = find(gpu);
  if (!('problem' in found)) {
    return { chosen: { kind: 'cuda', number: found.number, name: found.gpu.name }, found };
  }
  const { problem } = found;
  if (device === 'auto') return { chosen: { kind: 'cpu', problem } };
  throw new Failure('gpu-unusable', {
    problem: `No GPU can be used as "device" is cuda: ${gpuSentence(problem)}; or set "device" to auto or cpu.`,
  });
}

function findIfAny(wanted: GpuNumber): ReturnType<typeof findGpu> {
  return mayHaveDriver() ? findGpu(wanted) : { problem: { kind: 'no-driver' } };
}

/** One line about it, for a person; undefined where a processor is all that there is or was wanted. */
export function deviceNotice(chosen: ChosenDevice): string | undefined {
  if (chosen.kind === 'cuda') return `Computing on GPU ${chosen.number}, ${chosen.name}.`;
  const { problem } = chosen;
  if (problem === undefined || meansNone(problem)) return undefined;
  return `Computing on the processor: ${gpuSentence(problem)}.`;
}

let current: ChosenDevice | undefined;
let products: Products | undefined;

/** The first call decides for the whole process, and says on standard error what there is to say. */
export function chooseDevice(wish: DeviceWish): ChosenDevice {
  if (current !== undefined) return current;
  // Tests of another backend compute on what they name.
  const isNamed = Boolean(process.env.ADAPTER_LAB_ADDON);
  const { chosen, found } = isNamed
    ? decide({ device: 'cpu', gpu: 0 }, findGpu)
    : decide(wish, wish.device === 'auto' ? findIfAny : findGpu);
  const notice = deviceNotice(chosen);
  if (notice !== undefined) process.stderr.write(`${notice}\n`);
  if (found !== undefined) {
    products = findProducts(found);
    process.stderr.write(`It has ${productsText(products)}.\n`);
    process.env.CUDA_VISIBLE_DEVICES = visibleOnly(found.number, found.gpu, visibleDevices());
  }
  current = chosen;
  return chosen;
}

/** What engines of this process are made by. */
export function engineAddon(wish: DeviceWish): Addon {
  if (chooseDevice(wish).kind === 'cpu') return loadAddon();
  const addon = loadCudaAddon();
  if (products?.by === 'cublaslt') addon.useCublasLt(products.file);
  // Once: what is multiplied by stays as it is.
  products = undefined;
  return addon;
}
