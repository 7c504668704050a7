// Processes of this machine, as /proc tells them.
import { readdirSync, readFileSync } from 'node:fs';

/** @returns {{pid: number, parent: number, command: string, cpuMs: number}[]} */
export function processes() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // The name before it may hold anything.
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        // In ticks of 10 ms: time in user and in system mode.
        const cpuMs = (Number(fields[11]) + Number(fields[12])) * 10;
        return [{ pid: Number(name), parent: Number(fields[1]), command, cpuMs }];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

/** Of `root`: its children, theirs, and so on. */
export function descendants(root) {
  const all = processes();
  const found = new Set([root]);
  let size = 0;
  while (found.size > size) {
    size = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => pid !== root && found.has(pid));
}
