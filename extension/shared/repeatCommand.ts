// The command line that trains a run once more, from its experiment file as it is now.
import type { RunFile } from './run';

export function repeatCommand({ experimentFile, varied }: RunFile): string {
  const chosen = Object.entries(varied).map(([setting, value]) => `${setting}=${asValue(value)}`);
  // Without the grid the file makes one run.
  const changes = chosen.length === 0 ? [] : ['grid={}', ...chosen];
  const words = changes.flatMap((change) => ['--set', change]);
  return ['adapter-lab', 'train', experimentFile, ...words].map(quoted).join(' ');
}

function asValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
