// A model, and the adapter on it, read and checked: everything but its weights in an engine.
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readModelFolder, type ModelFolder } from '../../model/folder';
import type { TokenizerFolder } from '../../model/tokenizer';
import type { ModelSource } from '../../shared/playground';
import { baseFor, openTokenizer, readAdapter, type AdapterFolder } from '../../trainer/openModel';
import { quantizationName } from '../../trainer/quantized/quantizationName';

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

  constructor(private readonly threads: number) {}

  /** Throws a Failure that says what is wrong with its files. */
  async prepare({ model, adapter }: ModelSource): Promise<PreparedModel> {
    const plain = stampOf(model);
    const key = adapter === undefined ? plain : `${plain}\n${stampOf(adapter)}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const read = readModelFolder(model);
    const tokenizer = openTokenizer(read);
    const onIt = adapter === undefined ? undefined : await readAdapter(adapter, read);
    const folder = await baseFor(read, onIt?.quantization, { threads: this.threads });
    const { quantization } = folder;
    // Models on a quantised base and on the same one as it is have engines of their own.
    const base = quantization ? `${plain}\n${quantizationName(quantization)}` : plain;
    const prepared = { key, base, folder, tokenizer, adapter: onIt };
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
