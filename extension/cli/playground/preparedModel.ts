// A model, and the adapter on it, read and checked: everything but its weights in an engine.
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readModelFolder, type ModelFolder } from '../../model/folder';
import type { TokenizerFolder } from '../../model/tokenizer';
import { Failure } from '../../shared/failures';
import type { AskedModel } from '../../shared/playground';
import { baseFor, openTokenizer, readAdapter, type AdapterFolder } from '../../trainer/openModel';
import { quantizationName, quantizationOfName } from '../../trainer/quantized/quantizationName';

export interface PreparedModel {
  /** Another one when its files are others. */
  key: string;
  /** The same for all adapters on it. */
  base: string;
  folder: ModelFolder;
  tokenizer: TokenizerFolder;
  adapter: AdapterFolder | undefined;
}

type Source = Pick<AskedModel, 'model' | 'adapter' | 'quantize'>;
type BaseWanted = Parameters<typeof baseFor>[2]['quantize'];

export class PreparedModels {
  private readonly known = new Map<string, PreparedModel>();

  constructor(private readonly threads: number) {}

  /** Throws a Failure that says what is wrong with its files. `onQuantizing`: the base is made, which takes a while. */
  async prepare(asked: Source, onQuantizing: () => void): Promise<PreparedModel> {
    const { model, adapter, quantize } = asked;
    const plain = stampOf(model);
    const files = adapter === undefined ? plain : `${plain}\n${stampOf(adapter)}`;
    const key = `${files}\n${quantize ?? ''}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const read = readModelFolder(model);
    const tokenizer = openTokenizer(read);
    const onIt = adapter === undefined ? undefined : await readAdapter(adapter, read);
    const seen = onIt?.base ?? read;
    const folder = await baseFor(seen, onIt?.quantization, {
      quantize: wanted(read, quantize),
      threads: this.threads,
      note: onQuantizing,
    });
    const { quantization } = folder;
    // Models on a quantised base, on one with a head or biases of its own and on it as it is have engines of their own.
    const kinds = [plain, quantization && quantizationName(quantization), seen !== read && 'own'];
    const base = kinds.filter(Boolean).join('\n');
    const prepared = { key, base, folder, tokenizer, adapter: onIt };
    this.known.set(key, prepared);
    return prepared;
  }

  /** Forgets the others: values of adapters are large. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.known.keys()) if (!keys.has(key)) this.known.delete(key);
  }
}

/** Undefined: as the adapter was trained. What is quantised already cannot become anything else. */
function wanted({ path, quantization }: ModelFolder, asked: string | undefined): BaseWanted {
  if (asked === undefined || asked === 'none') return asked;
  if (quantization !== undefined && quantizationName(quantization) !== asked) {
    const is = quantizationName(quantization);
    throw new Failure('base-as-quantized', { model: path, is, asked });
  }
  return quantizationOfName(asked);
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
