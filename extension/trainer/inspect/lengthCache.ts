// Token lengths of files that were measured before, kept by what they depend on: the files' times and sizes and
// the settings of the text.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonIfWhole, writeAtomically } from '../../runs/atomicFile';
import type { TokenLengths } from '../../data/tokenLengths';

/** Changes when records are rendered, tokenised or measured otherwise. */
const format = 2;
const mostKept = 500;

export class LengthCache {
  /** Runs of a grid mostly share their data. */
  private readonly asked = new Map<string, Promise<TokenLengths>>();

  /** Without a folder nothing is kept for the next process. */
  constructor(private readonly folder: string | undefined) {}

  /** `files`: what the lengths are made of; `settings`: as JSON. */
  get(
    files: readonly string[],
    settings: unknown,
    measure: () => Promise<TokenLengths>,
  ): Promise<TokenLengths> {
    const key = keyOf(files, settings);
    const known = this.asked.get(key);
    if (known !== undefined) return known;
    const asked = this.find(key, measure);
    this.asked.set(key, asked);
    return asked;
  }

  private async find(key: string, measure: () => Promise<TokenLengths>): Promise<TokenLengths> {
    const { folder } = this;
    if (folder === undefined) return measure();
    const file = join(folder, `${key}.json`);
    const kept = readJsonIfWhole(file);
    if (isLengths(kept)) return kept;
    const measured = await measure();
    try {
      mkdirSync(folder, { recursive: true });
      removeOldest(folder);
      writeAtomically(file, JSON.stringify(measured), false);
    } catch {
      // A cache that cannot be written makes the next time slower, no more.
    }
    return measured;
  }
}

function keyOf(files: readonly string[], settings: unknown): string {
  const stamps = files.map((file) => {
    const stats = statSync(file, { throwIfNoEntry: false });
    return [file, stats?.mtimeMs, stats?.size];
  });
  return createHash('sha256')
    .update(JSON.stringify([format, stamps, settings]))
    .digest('hex');
}

function isLengths(value: unknown): value is TokenLengths {
  if (typeof value !== 'object' || value === null) return false;
  const { records, lengths, counted, alike } = value as Partial<TokenLengths>;
  return typeof records === 'number' && [lengths, counted, alike].every(Array.isArray);
}

function removeOldest(folder: string): void {
  const names = readdirSync(folder);
  if (names.length < mostKept) return;
  const byTime = names
    .map((name) => ({
      name,
      time: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
    }))
    .sort((a, b) => a.time - b.time);
  for (const { name } of byTime.slice(0, mostKept / 2)) rmSync(join(folder, name), { force: true });
}
