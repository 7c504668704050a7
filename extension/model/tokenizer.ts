// Text to tokens and back, by tokenizer.json, with the ids that the Hugging Face reference gives.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { Failure } from '../shared/failures';
import { useExactDecoders } from './exactDecoders';
import { readTokenIds } from './config';
import { Fields } from './fields';
import { isObject, readJsonObject } from './jsonFile';
import { rememberPieces } from './pieceCache';
import { prepareTokenizer, type PreparedTokenizer } from './tokenizerJson';

/** Special tokens as texts, for chat templates, and as ids. */
export interface SpecialTokens {
  bos?: string;
  eos?: string;
  pad?: string;
  unk?: string;
}

export class TextTokenizer {
  /** What the post-processor puts before and after a text. */
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
  private readonly library: Tokenizer;

  constructor(
    prepared: PreparedTokenizer,
    readonly file: string,
    readonly special: SpecialTokens,
  ) {
    try {
      this.library = new Tokenizer(prepared.json, {});
      useExactDecoders(this.library);
      rememberPieces(this.library);
      // Some of the library's parts look at their settings only when they are used.
      const { ids } = this.library.encode('a 1');
      if (ids.length > 0) this.library.decode(ids);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      throw new Failure('tokenizer-invalid', { file, problem });
    }
    this.prefix = prepared.affixes.prefix;
    this.suffix = prepared.affixes.suffix;
  }

  /** The text's own tokens; special tokens spelt out in the text are recognised. */
  encodePlain(text: string): number[] {
    // Half of a surrogate pair has no UTF-8.
    const wellFormed = text.replace(/\p{Surrogate}/gu, '\ufffd');
    return this.library.encode(wellFormed, { add_special_tokens: false }).ids;
  }

  /** With what the post-processor adds. */
  encode(text: string): number[] {
    return [...this.prefix, ...this.encodePlain(text), ...this.suffix];
  }

  decode(ids: ArrayLike<number>, { skipSpecial = false } = {}): string {
    const known = Array.from(ids).filter((id) => this.tokenOf(id) !== undefined);
    if (known.length === 0) return '';
    return this.library.decode(known, {
      skip_special_tokens: skipSpecial,
      clean_up_tokenization_spaces: false,
    });
  }

  idOf(token: string): number | undefined {
    return this.library.token_to_id(token);
  }

  tokenOf(id: number): string | undefined {
    return this.library.id_to_token(id);
  }

  /** The token that ends a text; undefined when the folder names none. */
  get eosId(): number | undefined {
    return this.special.eos === undefined ? undefined : this.idOf(this.special.eos);
  }
}

export interface TokenizerFolder {
  tokenizer: TextTokenizer;
  /** Ends a training record. */
  eosId: number | undefined;
  /** Any of them ends generated text. */
  endTokens: number[];
}

/** `embeddingRows`: a token beyond them could not be looked up. `configEnds`: eos_token_id of config.json. */
export function readTokenizer(
  folder: string,
  embeddingRows: number,
  configEnds: number[],
): TokenizerFolder {
  const file = join(folder, 'tokenizer.json');
  refuseOlderFormat(folder, file);
  const prepared = prepareTokenizer(readJsonObject(file, 'the tokenizer'), file);
  const { content: token, id } = prepared.last;
  if (id >= embeddingRows) {
    throw new Failure('tokenizer-too-large', { file, token, id, vocabulary: embeddingRows });
  }
  const tokenizer = new TextTokenizer(prepared, file, readSpecialTokens(folder, prepared));
  const ends = generationEnds(folder) ?? configEnds;
  const eosId = tokenizer.eosId ?? ends[0];
  const all = eosId === undefined ? ends : [...ends, eosId];
  return { tokenizer, eosId, endTokens: [...new Set(all)] };
}

function refuseOlderFormat(folder: string, file: string): void {
  const older = join(folder, 'tokenizer.model');
  if (existsSync(file) || !existsSync(older)) return;
  const problem = 'tokenizer.json is needed beside it; save the tokenizer once with transformers';
  throw new Failure('tokenizer-invalid', { file: older, problem });
}

function readSpecialTokens(folder: string, { isToken }: PreparedTokenizer): SpecialTokens {
  const file = join(folder, 'tokenizer_config.json');
  if (!existsSync(file)) return {};
  const fields = new Fields(file, readJsonObject(file, 'the settings of the tokenizer'));
  const read = (name: string): string | undefined => {
    const value = fields.raw(name);
    const token = isObject(value) ? value.content : value;
    if (token === undefined || token === null) return undefined;
    if (typeof token !== 'string') throw fields.refused(name, 'must be a token');
    return token;
  };
  const eos = read('eos_token');
  if (eos !== undefined && !isToken(eos)) {
    throw fields.refused('eos_token', 'must be a token of tokenizer.json');
  }
  return { bos: read('bos_token'), eos, pad: read('pad_token'), unk: read('unk_token') };
}

/** eos_token_id of generation_config.json, where there is one. */
function generationEnds(folder: string): number[] | undefined {
  const file = join(folder, 'generation_config.json');
  if (!existsSync(file)) return undefined;
  const fields = new Fields(file, readJsonObject(file, 'the generation settings'));
  return fields.has('eos_token_id') ? readTokenIds(fields, 'eos_token_id') : undefined;
}
