// Whether a process is there, and whether it is the same one: process ids are used again.
import { readFileSync } from 'node:fs';

/** A zombie counts as gone: it does nothing any more. */
export function processIsAlive(pid: number): boolean {
  if (pid <= 0) return false;
  const stat = readStat(pid);
  if (stat !== undefined) return stat.state !== 'Z' && stat.state !== 'X';
  if (process.platform === 'linux') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // No permission to signal it: it is there, and someone else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The moment a process was started, as an opaque text; empty where the system does not tell. */
export function processStart(pid: number): string {
  const stat = readStat(pid);
  return stat === undefined ? '' : `${bootId()}/${stat.startTicks}`;
}

/** Fields 3 and 22 of /proc/PID/stat, proc(5); the name before them may hold spaces and parentheses. */
function readStat(pid: number): { state: string; startTicks: string } | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTicks: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
