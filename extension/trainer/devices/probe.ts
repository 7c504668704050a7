// Asks the CUDA addon, in a process of its own, what GPUs there are and whether one computes rightly: a driver that crashes or
// hangs is a reason to read, not the end of whoever asked.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { CublasLtTrial, GpuListing, GpuTrial, ListedGpu } from '../addon';
import { cudaAddonFile } from '../loadAddon';
import { chooseProducts, type Products } from './cublasLt';
import { cublasLtFiles, usualPlaces } from './cublasLtPlaces';
import {
  listingProblem,
  trialProblem,
  usableGpus,
  visibleOnly,
  type NumberedGpu,
} from './gpuChoice';
import { gpuSentence, type GpuNumber, type GpuProblem } from './gpuProblem';

/** The first start of a driver may take many seconds on a machine with many GPUs. */
const timeoutMs = 120_000;

/** Prints what one function of an addon gives. */
const script =
  'const [file, name, ...rest] = process.argv.slice(1); console.log(JSON.stringify(require(file)[name](...rest)));';

export type Answer<T> = { answer: T } | { problem: GpuProblem };

interface Question {
  name: 'listGpus' | 'tryGpu' | 'tryCublasLt';
  /** CUDA_VISIBLE_DEVICES, where it is another. */
  visible?: string;
  of?: string[];
}

function ask<T>({ name, visible, of = [] }: Question): Answer<T> {
  const file = cudaAddonFile();
  if (!existsSync(file)) return { problem: { kind: 'addon-missing', file } };
  const env = {
    ...process.env,
    ...(visible !== undefined && { CUDA_VISIBLE_DEVICES: visible }),
  };
  const { stdout, stderr, status, signal, error } = spawnSync(
    process.execPath,
    ['-e', script, file, name, ...of],
    { encoding: 'utf8', timeout: timeoutMs, env },
  );
  if (status === 0) {
    try {
      return { answer: JSON.parse(stdout) as T };
    } catch {
      return failed('said nothing that can be read');
    }
  }
  if (error !== undefined && 'code' in error && error.code === 'ETIMEDOUT')
    return failed(`did not answer within ${timeoutMs / 1000} seconds`);
  if (signal !== null) return failed(`ended with ${signal}`);
  return failed(`failed: ${/^(?:\w*Error: )(.*)$/m.exec(stderr)?.[1] ?? stderr.trim()}`);
}

function failed(how: string): { problem: GpuProblem } {
  return { problem: { kind: 'probe-failed', how } };
}

/** What the user lets CUDA see. */
export function visibleDevices(): string | undefined {
  return process.env.CUDA_VISIBLE_DEVICES;
}

export function listGpus(): Answer<GpuListing> {
  const asked = ask<GpuListing>({ name: 'listGpus' });
  if ('problem' in asked) return asked;
  const problem = listingProblem(asked.answer, visibleDevices());
  return problem === undefined ? asked : { problem };
}

/** Why the GPU of this number computes nothing that can be trusted, if so. */
export function tryGpu(number: number, gpu: ListedGpu): GpuProblem | undefined {
  const visible = visibleOnly(number, gpu, visibleDevices());
  const asked = ask<GpuTrial>({ name: 'tryGpu', visible });
  return 'problem' in asked ? asked.problem : trialProblem(gpu, asked.answer);
}

/** What multiplies on a GPU that was tried. */
export function findProducts({ number, gpu }: NumberedGpu): Products {
  const variable = process.env.ADAPTER_LAB_CUBLASLT?.trim();
  const named = variable === '' ? undefined : variable;
  const visible = visibleOnly(number, gpu, visibleDevices());
  return chooseProducts(named, cublasLtFiles(named, usualPlaces(process.env)), (file) => {
    const asked = ask<CublasLtTrial>({ name: 'tryCublasLt', visible, of: [file] });
    if ('answer' in asked) return asked.answer;
    const { problem } = asked;
    const failure = problem.kind === 'probe-failed' ? problem.how : gpuSentence(problem);
    return { version: 0, productIsRight: false, failure };
  });
}

/** A GPU that was tried, or why there is none. */
export function findGpu(wanted: GpuNumber): NumberedGpu | { problem: GpuProblem } {
  const listed = listGpus();
  if ('problem' in listed) return listed;
  const usable = usableGpus(listed.answer, wanted);
  if ('problem' in usable) return usable;
  let first: GpuProblem | undefined;
  for (const candidate of usable) {
    const problem = tryGpu(candidate.number, candidate.gpu);
    if (problem === undefined) return candidate;
    first ??= problem;
  }
  return { problem: first ?? { kind: 'no-gpu', visible: visibleDevices() } };
}
