// What is asked of a running trainer: files in control/, created by the UI, read by the trainer.
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runPaths } from './runPaths';

/** stop: finish this step, save a checkpoint. cancel: end at once. */
export type ControlRequest = 'stop' | 'cancel';

export function requestControl(folder: string, request: ControlRequest): void {
  const { control } = runPaths(folder);
  mkdirSync(control, { recursive: true });
  writeFileSync(join(control, request), '');
}

/** The stronger of what is asked; undefined for nothing. */
export function readControl(folder: string): ControlRequest | undefined {
  const { control } = runPaths(folder);
  if (existsSync(join(control, 'cancel'))) return 'cancel';
  return existsSync(join(control, 'stop')) ? 'stop' : undefined;
}

/** When a trainer starts: what was asked of an earlier one, before the given time, is over. */
export function clearControl(folder: string, beforeMs = Infinity): void {
  const { control } = runPaths(folder);
  for (const request of ['stop', 'cancel']) {
    const file = join(control, request);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat !== undefined && stat.mtimeMs < beforeMs) rmSync(file, { force: true });
  }
}
