// tokenizer.json as llama.cpp reads a tokenizer: its tokens by id with their kinds, and what joins them, merges for
// byte-level tokenizers (GPT-2, Llama 3, Qwen, SmolLM), scores for SentencePiece's (Llama 1 and 2, Mistral).
import { findChatTemplate } from '../../../model/chatTemplate';
import { isObject, readJsonObject, type JsonObject } from '../../../model/jsonFile';
import { readTokenizer, type TextTokenizer } from '../../../model/tokenizer';
import type { ModelFolder } from '../../../model/folder';
import { Failure } from '../../../shared/failures';
import type { GgufField } from './ggufFile';
import { pieceScores } from './pieceScores';
import { byteLevelName } from './preTokenizer';

const kinds = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;
const spaceMark = '\u2581';

interface Token {
  text: string;
  kind: number;
}

export function tokenizerFields({ path, shape, config }: ModelFolder): GgufField[] {
  const { tokenizer, eosId } = readTokenizer(path, shape.vocabulary, config.endTokens);
  const json = readJsonObject(tokenizer.file, 'the tokenizer');
  const model = isObject(json.model) ? json.model : {};
  const isPieces = model.byte_fallback === true;
  const tokens = tokensOf(json, model, shape.vocabulary);
  const chat = findChatTemplate(path);
  return [
    ...(isPieces ? pieceFields(json, tokens, tokenizer.file) : byteFields(json, tokenizer.file)),
    { key: 'tokenizer.ggml.tokens', type: 'texts', value: tokens.map(({ text }) => text) },
    { key: 'tokenizer.ggml.token_type', type: 'i32s', value: tokens.map(({ kind }) => kind) },
    ...specialFields(tokenizer, eosId),
    ...(chat === undefined
      ? []
      : [{ key: 'tokenizer.chat_template', type: 'text', value: chat.source } as const]),
  ];
}

/** One for every row of the embedding. */
function tokensOf(json: JsonObject, model: JsonObject, rows: number): Token[] {
  const tokens = Array.from({ length: rows }, (_, id): Token => {
    return { text: `[PAD${id}]`, kind: kinds.unused };
  });
  const isPieces = model.byte_fallback === true;
  const vocabulary = isObject(model.vocab) ? model.vocab : {};
  for (const [text, id] of Object.entries(vocabulary)) {
    const isByte = isPieces && /^<0x[0-9A-F]{2}>$/.test(text);
    tokens[Number(id)] = { text, kind: isByte ? kinds.byte : kinds.normal };
  }
  for (const added of Array.isArray(json.added_tokens) ? json.added_tokens : []) {
    if (!isObject(added)) continue;
    const text = String(added.content);
    tokens[Number(added.id)] =
      added.special === true
        ? { text, kind: text === model.unk_token ? kinds.unknown : kinds.control }
        : { text: isPieces ? text.replaceAll(spaceMark, ' ') : text, kind: kinds.userDefined };
  }
  return tokens;
}

function byteFields(json: JsonObject, file: string): GgufField[] {
  const name = byteLevelName(json);
  if (name === undefined) {
    const problem =
      'llama.cpp has the cutting into words of GPT-2, Llama 3, Qwen 2 and SmolLM, and this pre_tokenizer is none of them';
    throw new Failure('tokenizer-invalid', { file, problem });
  }
  return [
    { key: 'tokenizer.ggml.model', type: 'text', value: 'gpt2' },
    { key: 'tokenizer.ggml.pre', type: 'text', value: name },
    {
      key: 'tokenizer.ggml.merges',
      type: 'texts',
      value: mergesOf(json).map((pair) => pair.join(' ')),
    },
  ];
}

function pieceFields(json: JsonObject, tokens: readonly Token[], file: string): GgufField[] {
  const vocabulary = isObject(json.model) && isObject(json.model.vocab) ? json.model.vocab : {};
  const scores = pieceScores(mergesOf(json), vocabulary);
  if (scores === undefined) {
    const problem =
      'llama.cpp joins its tokens by scores, as SentencePiece does, and no scores join them as these merges do';
    throw new Failure('tokenizer-invalid', { file, problem });
  }
  const least = scores.size;
  return [
    { key: 'tokenizer.ggml.model', type: 'text', value: 'llama' },
    { key: 'tokenizer.ggml.pre', type: 'text', value: 'default' },
    { key: 'tokenizer.ggml.add_space_prefix', type: 'bool', value: putsSpaceFirst(json) },
    {
      key: 'tokenizer.ggml.scores',
      type: 'f32s',
      value: tokens.map(({ text }, id) => scores.get(text) ?? -least - id),
    },
  ];
}

/** "a b" or, since tokenizers 0.20, ["a", "b"]. */
function mergesOf({ model }: JsonObject): [string, string][] {
  const merges: unknown[] = isObject(model) && Array.isArray(model.merges) ? model.merges : [];
  return merges.map((merge) => {
    if (Array.isArray(merge)) return [String(merge[0]), String(merge[1])];
    const text = String(merge);
    const space = text.indexOf(' ');
    return [text.slice(0, space), text.slice(space + 1)];
  });
}

/** Whether a text gets a space before its first word. */
function putsSpaceFirst({ normalizer, pre_tokenizer: pieces }: JsonObject): boolean {
  if (isObject(pieces) && pieces.type === 'Metaspace')
    return pieces.prepend_scheme !== 'never' && pieces.add_prefix_space !== false;
  const parts: unknown[] =
    isObject(normalizer) && Array.isArray(normalizer.normalizers)
      ? normalizer.normalizers
      : [normalizer];
  return parts.some((part) => isObject(part) && part.type === 'Prepend');
}

function specialFields(tokenizer: TextTokenizer, eosId: number | undefined): GgufField[] {
  const { prefix, suffix, special, file } = tokenizer;
  const idOf = (token: string | undefined): number | undefined =>
    token === undefined ? undefined : tokenizer.idOf(token);
  const bosId = prefix[0] ?? idOf(special.bos);
  if (prefix.length > 1 || suffix.length > 1 || (suffix.length === 1 && suffix[0] !== eosId)) {
    const problem =
      'its post_processor puts more around a text than the token that begins it and the one that ends it, and llama.cpp does not';
    throw new Failure('tokenizer-invalid', { file, problem });
  }
  const ids: [name: string, id: number | undefined][] = [
    ['bos_token_id', bosId],
    ['eos_token_id', eosId],
    ['unknown_token_id', idOf(special.unk)],
    ['padding_token_id', idOf(special.pad)],
  ];
  return [
    ...ids.flatMap(([name, value]): GgufField[] =>
      value === undefined ? [] : [{ key: `tokenizer.ggml.${name}`, type: 'u32', value }],
    ),
    { key: 'tokenizer.ggml.add_bos_token', type: 'bool', value: prefix.length === 1 },
    { key: 'tokenizer.ggml.add_eos_token', type: 'bool', value: suffix.length === 1 },
  ];
}
