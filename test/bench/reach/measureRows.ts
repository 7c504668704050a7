// Rows that were asked for, one after another, each with a folder of its own. One that fails is told and costs no other.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './figure';
import type { MeasureRow } from './setting';

/** Those whose names begin with one of a list. */
export function chosenRows<Setting>(
  rows: Readonly<Record<string, MeasureRow<Setting>>>,
  only: string,
): [string, MeasureRow<Setting>][] {
  const wanted = only.split(',');
  const names = Object.keys(rows);
  const unknown = wanted.find((one) => !names.some((name) => name.startsWith(one)));
  if (unknown !== undefined)
    throw new Error(`--only ${unknown}? The rows are ${names.join(', ')}.`);
  return Object.entries(rows).filter(([name]) => wanted.some((one) => name.startsWith(one)));
}

export async function measureRows<Setting>(
  rows: readonly [string, MeasureRow<Setting>][],
  settingIn: (scratch: string) => Setting,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, measure] of rows) {
    process.stderr.write(`${name}\n`);
    const scratch = mkdtempSync(join(tmpdir(), 'adapter-lab-bench-'));
    try {
      figures.push(...(await measure(settingIn(scratch))));
    } catch (error) {
      process.stderr.write(
        `${name} failed: ${error instanceof Error ? error.message : String(error)}\n`,
      );
      process.exitCode = 1;
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  return figures;
}
