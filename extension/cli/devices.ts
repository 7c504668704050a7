// adapter-lab devices: what can compute here, what cannot, and how to mend it. Addons are tried in processes of their own, so that
// one which crashes when it is loaded is a reason to read, not the end of the command.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { Option, type Command } from 'commander';
import { gpuProblem } from '../trainer/devices/gpuChoice';
import { capabilityText, gigabytes, gpuSentence } from '../trainer/devices/gpuProblem';
import { productsText } from '../trainer/devices/cublasLt';
import { findProducts, listGpus, tryGpu } from '../trainer/devices/probe';
import { loadAddon } from '../trainer/loadAddon';
import { tell, type Outcome, type OutputOptions } from './output';
import { table } from './wording';

export interface Device {
  kind: 'cpu' | 'cuda';
  name: string;
  usable: boolean;
  /** What it is, or why it cannot be used and what to do about it. */
  reason: string;
  /** Of a GPU, as the setting "gpu" takes it. */
  number?: number;
}

interface DevicesOptions extends OutputOptions {
  probe?: boolean;
}

const probeTimeoutMs = 30_000;

export function addDevices(program: Command): void {
  program
    .command('devices')
    .description('show what can compute on this machine, and what cannot, why and what to do')
    .option('--json', 'print one JSON object')
    .addOption(new Option('--probe', 'load the addon in this very process').hideHelp())
    .addHelpText('after', '\nExamples:\n  adapter-lab devices\n  adapter-lab devices --json\n')
    .action(async (options: DevicesOptions) => {
      const find = options.probe ? processor : () => [...processorApart(), ...gpus()];
      await tell(options, () => Promise.resolve(show(find())));
    });
}

function show(devices: Device[]): Outcome {
  const rows = devices.map(({ kind, number, name, usable, reason }) => [
    number === undefined ? kind : `${kind} ${number}`,
    usable ? 'usable' : 'not usable',
    name,
    reason,
  ]);
  return { json: { devices }, text: table(['device', 'state', 'name', 'reason'], rows) };
}

function processor(): Device[] {
  return loadAddon()
    .devices()
    .map(({ kind, name, threads, instructions }) => {
      const reason = `${threads} threads, ${instructions} kernels`;
      return { kind, name, usable: true, reason };
    });
}

function processorApart(): Device[] {
  const script = process.argv[1] ?? __filename;
  const { stdout, signal, error } = spawnSync(
    process.execPath,
    [script, 'devices', '--probe', '--json'],
    { encoding: 'utf8', timeout: probeTimeoutMs },
  );
  const answer = parseAnswer(stdout);
  const reason =
    signal === null
      ? (answer?.error?.message ?? error?.message ?? 'the addon ended without a word')
      : `the addon ended with ${signal}`;
  const name = cpus()[0]?.model ?? 'processor';
  return answer?.devices ?? [{ kind: 'cpu', name, usable: false, reason }];
}

/** Each GPU is tried, also those that nothing would choose. */
function gpus(): Device[] {
  const listed = listGpus();
  if ('problem' in listed) {
    const reason = gpuSentence(listed.problem);
    return [{ kind: 'cuda', name: 'NVIDIA GPU', usable: false, reason }];
  }
  return listed.answer.gpus.map((gpu, number) => {
    const { name, capability, freeBytes, totalBytes } = gpu;
    const problem = gpuProblem(gpu) ?? tryGpu(number, gpu);
    const is = `compute capability ${capabilityText(capability)}, ${gigabytes(freeBytes)} of ${gigabytes(totalBytes)} GB free`;
    const reason =
      problem === undefined
        ? `${is}; ${productsText(findProducts({ number, gpu }))}`
        : gpuSentence(problem);
    return { kind: 'cuda', number, name, usable: problem === undefined, reason };
  });
}

function parseAnswer(
  text: string,
): { devices?: Device[]; error?: { message: string } } | undefined {
  try {
    return JSON.parse(text) as { devices?: Device[]; error?: { message: string } };
  } catch {
    return undefined;
  }
}
