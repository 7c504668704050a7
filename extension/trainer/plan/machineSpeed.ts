// How fast this machine computes, measured rarely and kept where caches are: a plan is told at once. Others at work on the
// machine make a measurement slower than it is, so the best that is known counts, and a busy machine is soon measured again.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { cpus, hostname, loadavg } from 'node:os';
import { join } from 'node:path';
import { readJsonIfWhole, writeAtomically } from '../../runs/atomicFile';
import { isFailure } from '../../shared/failures';
import type { MachineSpeed } from '../addon';
import { loadAddon } from '../loadAddon';
import { userCache } from '../userCache';

/** Changes when speed is measured otherwise. */
const format = 2;
const measuredSeconds = 0.03;
const idleMs = 24 * 60 * 60 * 1000;
const busyMs = 60 * 1000;

const names = [
  'operationsPerSecond',
  'storedOperationsPerSecond',
  'bytesPerSecond',
] as const satisfies (keyof MachineSpeed)[];

interface KeptSpeed extends MachineSpeed {
  format: typeof format;
  /** To be measured again then; milliseconds since 1970. */
  until: number;
}

interface SpeedOptions {
  /** Of what is kept. */
  folder?: string;
  now?: number;
  isBusy?: boolean;
  measure?: (threads: number) => Promise<MachineSpeed | undefined>;
}

/** Undefined where the engine cannot be loaded. `threads` 0: all cores. */
export async function machineSpeed(
  threads: number,
  options: SpeedOptions = {},
): Promise<MachineSpeed | undefined> {
  const { folder = userCache(), now = Date.now(), measure = measureHere } = options;
  const file = join(folder, `speed-${machineId(threads)}.json`);
  const kept = readKept(file);
  if (kept !== undefined && now < kept.until) return speedOf(kept);
  const measured = await measure(threads);
  if (measured === undefined) return undefined;
  const best = kept === undefined ? measured : fasterOf(measured, kept);
  const until = now + ((options.isBusy ?? isBusy()) ? busyMs : idleMs);
  keep(folder, file, { format, until, ...best });
  return best;
}

/** Windows tells no load. */
function isBusy(): boolean {
  const [lastMinute = 0] = loadavg();
  return lastMinute > 0.3 * cpus().length;
}

/** Homes are shared by the machines of a cluster, and processors are exchanged. */
function machineId(threads: number): string {
  const processors = cpus();
  const parts = [hostname(), processors[0]?.model, processors.length, threads];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

function readKept(file: string): KeptSpeed | undefined {
  const kept = readJsonIfWhole(file) as Partial<KeptSpeed> | undefined;
  const figures = [...names, 'until'] as const;
  const isKept = kept?.format === format && figures.every((name) => typeof kept[name] === 'number');
  return isKept ? (kept as KeptSpeed) : undefined;
}

function keep(folder: string, file: string, speed: KeptSpeed): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeAtomically(file, JSON.stringify(speed), false);
  } catch {
    // A cache that cannot be written makes the next time slower, no more.
  }
}

async function measureHere(threads: number): Promise<MachineSpeed | undefined> {
  try {
    return await loadAddon().measureSpeed(threads, measuredSeconds);
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}

function fasterOf(one: MachineSpeed, other: MachineSpeed): MachineSpeed {
  return eachFigure((name) => Math.max(one[name], other[name]));
}

function speedOf(kept: KeptSpeed): MachineSpeed {
  return eachFigure((name) => kept[name]);
}

function eachFigure(figure: (name: keyof MachineSpeed) => number): MachineSpeed {
  return Object.fromEntries(names.map((name) => [name, figure(name)])) as unknown as MachineSpeed;
}
