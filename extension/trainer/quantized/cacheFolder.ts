// Where quantised bases are kept between runs, how much of them, and how long.
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { problemOf } from '../../shared/systemError';
import { Failure } from '../../shared/failures';
import { cacheVariable, userCache } from '../userCache';

/** The least recently used are removed above it. */
export const mostCacheBytes = 50e9;
/** Whoever opened one in this time may be about to map it. */
const inUseMs = 60 * 60 * 1000;

export interface CachedFile {
  file: string;
  sizeBytes: number;
  usedMs: number;
}

export function cacheFolder(): string {
  return join(userCache(), 'quantized');
}

/** The folder, made if it is not there. */
export function openCache(): string {
  const folder = cacheFolder();
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw unusableCache(folder, problemOf(error));
  }
  return folder;
}

export function unusableCache(folder: string, problem: string): Failure {
  return new Failure('cache-unusable', { folder, problem, variable: cacheVariable });
}

/** Quantised bases, the least recently used first. */
export function listCache(): CachedFile[] {
  return filesOf(cacheFolder())
    .filter(({ file }) => file.endsWith('.safetensors'))
    .sort((a, b) => a.usedMs - b.usedMs);
}

/** Removes what was not used for longest until the rest is small enough, and what killed writers left. */
export function trimCache(limitBytes = mostCacheBytes, nowMs = Date.now()): void {
  const isIdle = ({ usedMs }: CachedFile): boolean => nowMs - usedMs > inUseMs;
  for (const one of filesOf(cacheFolder())) {
    if (one.file.endsWith('.unfinished') && isIdle(one)) rmSync(one.file, { force: true });
  }
  const files = listCache();
  let sum = files.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
  for (const one of files.filter(isIdle)) {
    if (sum <= limitBytes) return;
    rmSync(one.file, { force: true });
    sum -= one.sizeBytes;
  }
}

/** Removes everything; a trainer that has its base open keeps it. */
export function clearCache(): CachedFile[] {
  const removed = listCache();
  rmSync(cacheFolder(), { recursive: true, force: true });
  return removed;
}

function filesOf(folder: string): CachedFile[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const file = join(folder, name);
    // Another process may remove it meanwhile.
    const stats = statSync(file, { throwIfNoEntry: false });
    return stats?.isFile() ? [{ file, sizeBytes: stats.size, usedMs: stats.mtimeMs }] : [];
  });
}
