// A model, and the adapter on it, read and checked: everything but its weights in an engine.
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readModelFolder, type ModelFolder } from '../../model/folder';
import type { TokenizerFolder } from '../../model/tokenizer';
import type { ModelSource } from '../../shared/playground';
import { openTokenizer, readAdapter, type AdapterFolder } from '../../trainer/openModel';

export interface PreparedModel {
  /** Another one when its files are others. */
  key: string;
  /** The same for all adapters on it. */
  base: string;
  folder: ModelFolder;
  tokenizer: TokenizerFolder;
  adapter: AdapterFolder | undefined;
}

export class PreparedModels {
  private readonly known = new Map<string, PreparedModel>();

  /** Throws a Failure that says what is wrong with its files. */
  async prepare({ model, adapter }: ModelSource): Promise<PreparedModel> {
    const base = stampOf(model);
    const key = adapter === undefined ? base : `${base}\n${stampOf(adapter)}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const folder = readModelFolder(model);
    const tokenizer = openTokenizer(folder);
    const read = adapter === undefined ? undefined : await readAdapter(adapter, folder);
    const prepared = { key, base, folder, tokenizer, adapter: read };
    this.known.set(key, prepared);
    return prepared;
  }

  /** Forgets the others: values of adapters are large. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.known.keys()) if (!keys.has(key)) this.known.delete(key);
  }
}

/** The folder with sizes and times of its files; of one that is not there, its path. */
function stampOf(folder: string): string {
  try {
    const place = realpathSync(folder);
    const files = readdirSync(place).sort();
    const stamps = files.map((name) => {
      const { size, mtimeMs } = statSync(join(place, name));
      return `${name} ${size} ${mtimeMs}`;
    });
    return [place, ...stamps].join('\n');
  } catch {
    // Reading it says what is wrong.
    return folder;
  }
}
