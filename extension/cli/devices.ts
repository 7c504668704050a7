// adapter-lab devices: what can compute here. The addon is tried in a process of its own, so that one which
// crashes when it is loaded is a reason to read, not the end of the command.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { Option, type Command } from 'commander';
import { loadAddon } from '../trainer/loadAddon';
import { tell, type Outcome, type OutputOptions } from './output';
import { table } from './wording';

export interface Device {
  kind: 'cpu' | 'cuda';
  name: string;
  usable: boolean;
  /** Why it is used, or why not. */
  reason: string;
}

interface DevicesOptions extends OutputOptions {
  probe?: boolean;
}

const probeTimeoutMs = 30_000;

export function addDevices(program: Command): void {
  program
    .command('devices')
    .description('show what can compute on this machine, and what cannot and why')
    .option('--json', 'print one JSON object')
    .addOption(new Option('--probe', 'load the addon in this very process').hideHelp())
    .addHelpText('after', '\nExamples:\n  adapter-lab devices\n  adapter-lab devices --json\n')
    .action(async (options: DevicesOptions) => {
      await tell(options, () => Promise.resolve(show(options.probe ? probe() : probeApart())));
    });
}

function show(devices: Device[]): Outcome {
  const rows = devices.map(({ kind, name, usable, reason }) => [
    kind,
    usable ? 'usable' : 'not usable',
    name,
    reason,
  ]);
  return { json: { devices }, text: table(['device', 'state', 'name', 'reason'], rows) };
}

function probe(): Device[] {
  return loadAddon()
    .devices()
    .map(({ kind, name, threads, instructions }) => {
      const reason = `${threads} threads, ${instructions} kernels`;
      return { kind, name, usable: true, reason };
    });
}

function probeApart(): Device[] {
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
  const found = answer?.devices ?? [{ kind: 'cpu', name, usable: false, reason }];
  const noGpu = 'this version computes on the processor only';
  return [...found, { kind: 'cuda', name: 'NVIDIA GPU', usable: false, reason: noGpu }];
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
