// The highest resident memory that the system saw of a process which is running.
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Looks until the process ends; tells what was seen so far. */
export function watchPeak(child: ChildProcess): () => number {
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, highWaterBytes(child.pid));
  }, 20);
  child.once('close', () => {
    clearInterval(timer);
  });
  return () => peakBytes;
}

/** 0 for a process that is gone. */
function highWaterBytes(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
    return 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
