// adapter-lab cache: the quantised bases that are kept for the next run, and a way to be rid of them.
import type { Command } from 'commander';
import {
  cacheFolder,
  clearCache,
  listCache,
  mostCacheBytes,
  type CachedFile,
} from '../trainer/quantized/cacheFolder';
import { cacheVariable } from '../trainer/userCache';
import { tell, type Outcome, type OutputOptions } from './output';
import { table } from './wording';

interface CacheOptions extends OutputOptions {
  clear?: boolean;
}

export function addCache(program: Command): void {
  program
    .command('cache')
    .description('list the quantised bases that are kept for the next run, or remove them')
    .option('--clear', 'remove them all')
    .option('--json', 'print {folder, files: [{file, sizeBytes, used}], removed}')
    .addHelpText(
      'after',
      `
Those that were not used for longest are removed by themselves above ${mostCacheBytes / 1e9} GB. The environment variable
${cacheVariable} names another folder.

Examples:
  adapter-lab cache
  adapter-lab cache --clear
`,
    )
    .action(async (options: CacheOptions) => {
      await tell(options, () => Promise.resolve(show(options.clear === true)));
    });
}

function show(isCleared: boolean): Outcome {
  const folder = cacheFolder();
  const found = isCleared ? clearCache() : listCache();
  const files = found.map(({ file, sizeBytes, usedMs }) => ({
    ...{ file, sizeBytes, used: new Date(usedMs).toISOString() },
  }));
  return { json: { folder, files, removed: isCleared }, text: textOf(folder, found, isCleared) };
}

function textOf(folder: string, files: readonly CachedFile[], isCleared: boolean): string {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const all = `${files.length} quantised bases (${megabytes(bytes)})`;
  if (isCleared) return `Removed ${all} from ${folder}.`;
  if (files.length === 0) return `No quantised base is kept in ${folder}.`;
  const rows = files.map(({ file, sizeBytes, usedMs }) => [
    ...[new Date(usedMs).toISOString().slice(0, 16).replace('T', ' '), megabytes(sizeBytes), file],
  ]);
  return `${table(['last used (UTC)', 'size', 'file'], rows)}\n${all}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
