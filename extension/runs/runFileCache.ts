// run.json is written once: it is parsed again only where the file is another. A sidebar reads a live run's
// folder every second.
import { statSync } from 'node:fs';
import type { RunFile } from '../shared/run';
import { readRun } from './runFolder';
import { runPaths } from './runPaths';

interface Parsed {
  mtimeMs: number;
  sizeBytes: number;
  run: RunFile;
}

export class RunFileCache {
  private readonly parsed = new Map<string, Parsed>();

  /** As `readRun`. */
  read(folder: string): RunFile | undefined {
    const stat = statSync(runPaths(folder).run, { throwIfNoEntry: false });
    const known = this.parsed.get(folder);
    if (stat !== undefined && known?.mtimeMs === stat.mtimeMs && known.sizeBytes === stat.size) {
      return known.run;
    }
    this.parsed.delete(folder);
    const run = readRun(folder);
    if (run !== undefined && stat !== undefined) {
      this.parsed.set(folder, { mtimeMs: stat.mtimeMs, sizeBytes: stat.size, run });
    }
    return run;
  }

  forget(folder: string): void {
    this.parsed.delete(folder);
  }
}
