// How long a file's records are in tokens, measured on all of them or, in a large file, on records spread over it.
import type { TextTokenizer } from '../model/tokenizer';
import { alikeInOrder, inOrderOfTokens } from './beginning';
import { Examples, type Example } from './examples';
import type { RecordSample } from './recordSample';
import type { Renderer } from './render';

export interface TokenLengths {
  /** Of the whole file. */
  records: number;
  isSampled: boolean;
  /** Of each measured record, before it is cut. */
  lengths: number[];
  /** Of the same records, the tokens that the loss counts. */
  counted: number[];
  /** Tokens that each begins with as the one before it does: records are in the order of their tokens. */
  alike: number[];
}

export interface LengthSettings {
  renderer: Renderer;
  tokenizer: TextTokenizer;
  eosId: number | undefined;
  lossOn: 'all' | 'answer';
}

/** Characters that are tokenised at most: about a second. */
const mostCharacters = 2e6;

/** Throws what training would throw for the records that were read. */
export function measureLengths(
  { records, count, isSampled }: RecordSample,
  settings: LengthSettings,
): TokenLengths {
  const examples = new Examples(records, { ...settings, maxLength: Number.MAX_SAFE_INTEGER });
  const step = spacing(records, settings.renderer);
  const measured: Example[] = [];
  for (let index = 0; index < records.length; index += step) measured.push(examples.get(index));
  const ordered = inOrderOfTokens(measured);
  return {
    records: count,
    isSampled: isSampled || step > 1,
    lengths: ordered.map(({ tokens }) => tokens.length),
    counted: ordered.map((example) => example.counted),
    alike: alikeInOrder(ordered),
  };
}

/** 1 where all records can be measured. */
function spacing(records: RecordSample['records'], renderer: Renderer): number {
  const looked = Math.min(records.length, 100);
  let characters = 0;
  for (let i = 0; i < looked; i += 1) {
    const record = records[Math.floor((i * records.length) / looked)];
    if (record !== undefined) characters += renderer.render(record).text.length;
  }
  const all = (characters / Math.max(1, looked)) * records.length;
  return Math.max(1, Math.ceil(all / mostCharacters));
}

export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
