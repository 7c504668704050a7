// Checks tokenizer.json, and rewrites what the library reads differently from the Hugging Face reference into
// parts that both read alike: JavaScript's \d and \s are not Unicode's, and Metaspace's split is ignored.
import { Failure } from '../shared/failures';
import { isObject, nameOfValue, type JsonObject } from './jsonFile';

/** Tokens that the post-processor puts around a text. */
export interface Affixes {
  prefix: number[];
  suffix: number[];
}

export interface Token {
  content: string;
  id: number;
}

export interface PreparedTokenizer {
  json: JsonObject;
  affixes: Affixes;
  /** No token has a larger id. */
  last: Token;
  isToken: (content: string) => boolean;
}

type Refuse = (problem: string) => Failure;

const spaceMark = '\u2581';
const normalizers = ['Sequence', 'Prepend', 'Replace', 'NFC', 'NFD', 'NFKC', 'NFKD'];
const decoders = ['Sequence', 'ByteLevel', 'Replace', 'ByteFallback', 'Fuse', 'Strip', 'Metaspace'];
const byteLevelPattern =
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

export function prepareTokenizer(json: JsonObject, file: string): PreparedTokenizer {
  const refuse: Refuse = (problem) => new Failure('tokenizer-invalid', { file, problem });
  const model = checkModel(json.model, refuse);
  const added = checkAddedTokens(json.added_tokens, refuse);
  checkParts(json.normalizer, 'normalizer', normalizers, refuse);
  checkParts(json.decoder, 'decoder', decoders, refuse);
  const affixes = readAffixes(json.post_processor, refuse);
  const pieces = isObject(json.pre_tokenizer) ? rewritePieces(json.pre_tokenizer, refuse) : null;
  if (pieces !== null && fusesUnknown(model)) {
    throw refuse('it fuses unknown tokens (fuse_unk), which works with byte_fallback only');
  }
  const prepared = {
    normalizer: json.normalizer ?? null,
    pre_tokenizer: pieces ?? wordsOfSpaceMarks(model, added),
    model: json.model,
    post_processor: null,
    decoder: json.decoder ?? null,
    added_tokens: added,
  };
  const last = added.reduce((most, token) => (token.id > most.id ? token : most), model.last);
  const isToken = (content: string): boolean =>
    Object.hasOwn(model.vocab, content) || added.some((token) => token.content === content);
  return { json: prepared, affixes, last, isToken };
}

interface BpeModel {
  /** Ids by content. */
  vocab: JsonObject;
  last: Token;
  byteFallback: boolean;
  fuseUnknown: boolean;
}

function checkModel(model: unknown, refuse: Refuse): BpeModel {
  if (!isObject(model))
    throw refuse(`its "model" must be an object, but it is ${nameOfValue(model)}`);
  if ((model.type ?? 'BPE') !== 'BPE') {
    throw refuse(`its model type is ${nameOfValue(model.type)}, and Adapter Lab reads BPE`);
  }
  for (const option of ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix']) {
    if (model[option]) throw refuse(`its "model.${option}" cannot be used`);
  }
  const { vocab, merges } = model;
  if (!isObject(vocab)) throw refuse('its "model.vocab" must be an object of token ids');
  const last = lastToken(vocab, refuse);
  if (!Array.isArray(merges) || !merges.every(isMerge)) {
    throw refuse('its "model.merges" must be a list of pairs of tokens');
  }
  const byteFallback = model.byte_fallback === true && hasAllBytes(vocab);
  const fuseUnknown = model.fuse_unk === true && typeof model.unk_token === 'string';
  return { vocab, last, byteFallback, fuseUnknown };
}

/** Checks every id. The library makes maps of them; large ones are better not made twice. */
function lastToken(vocab: JsonObject, refuse: Refuse): Token {
  let last: Token = { content: '', id: -1 };
  for (const content of Object.keys(vocab)) {
    const id = vocab[content];
    if (!isTokenId(id)) throw refuse(`token ${nameOfValue(content)} has the id ${nameOfValue(id)}`);
    if (id > last.id) last = { content, id };
  }
  if (last.id < 0) throw refuse('its "model.vocab" is empty');
  return last;
}

function isTokenId(id: unknown): id is number {
  return typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < 2 ** 31;
}

/** "a b" or, since tokenizers 0.20, ["a", "b"]. */
function isMerge(merge: unknown): boolean {
  if (typeof merge === 'string') {
    const space = merge.indexOf(' ');
    return space > 0 && space < merge.length - 1;
  }
  const pair: unknown[] = Array.isArray(merge) ? merge : [];
  return pair.length === 2 && pair.every((token) => typeof token === 'string' && token !== '');
}

function hasAllBytes(vocab: JsonObject): boolean {
  for (let byte = 0; byte < 256; byte += 1) {
    const hex = byte.toString(16).toUpperCase().padStart(2, '0');
    if (!Object.hasOwn(vocab, `<0x${hex}>`)) return false;
  }
  return true;
}

function fusesUnknown(model: BpeModel): boolean {
  return model.fuseUnknown && !model.byteFallback;
}

type AddedToken = JsonObject & Token;

function checkAddedTokens(tokens: unknown, refuse: Refuse): AddedToken[] {
  if (tokens === undefined || tokens === null) return [];
  if (!Array.isArray(tokens)) throw refuse('its "added_tokens" must be a list');
  return tokens.map((token: unknown) => {
    if (!isAddedToken(token))
      throw refuse('each of its "added_tokens" must have an id and content');
    if (token.single_word === true) {
      throw refuse(
        `its added token ${nameOfValue(token.content)} asks for whole words (single_word)`,
      );
    }
    return token;
  });
}

function isAddedToken(token: unknown): token is AddedToken {
  return (
    isObject(token) &&
    isTokenId(token.id) &&
    typeof token.content === 'string' &&
    token.content !== ''
  );
}

/** A part and, in a sequence, its parts. */
function checkParts(part: unknown, field: string, known: string[], refuse: Refuse): void {
  if (part === undefined || part === null) return;
  const type = isObject(part) ? part.type : part;
  if (!isObject(part) || typeof type !== 'string' || !known.includes(type)) {
    throw refuse(`its ${field} ${nameOfValue(type)} cannot be used`);
  }
  for (const inner of innerParts(part)) checkParts(inner, field, known, refuse);
}

function innerParts(part: JsonObject): unknown[] {
  const inner = part.normalizers ?? part.pretokenizers ?? part.decoders ?? part.processors;
  return Array.isArray(inner) ? inner : [];
}

function rewritePieces(part: JsonObject, refuse: Refuse): JsonObject {
  switch (part.type) {
    case 'Sequence':
      return sequence(
        innerParts(part).map((inner) => {
          if (!isObject(inner)) throw refuse('its pre_tokenizer holds something that is no object');
          return rewritePieces(inner, refuse);
        }),
      );
    case 'ByteLevel': {
      if (part.use_regex === false || part.add_prefix_space === true) return part;
      return sequence([split(byteLevelPattern), { ...part, use_regex: false }]);
    }
    case 'Digits':
      return split(part.individual_digits === true ? '\\p{N}' : '\\p{N}+');
    case 'Metaspace': {
      const mark = typeof part.replacement === 'string' ? part.replacement : spaceMark;
      if (part.split === false || mark !== spaceMark) return part;
      return sequence([part, split(`${mark}[^${mark}]*|[^${mark}]+`)]);
    }
    case 'Split':
      return rewriteSplit(part, refuse);
    default:
      throw refuse(`its pre_tokenizer ${nameOfValue(part.type)} cannot be used`);
  }
}

function rewriteSplit(part: JsonObject, refuse: Refuse): JsonObject {
  const behavior = String(part.behavior).toLowerCase();
  if (behavior === 'removed') return part;
  if (behavior !== 'isolated') {
    throw refuse(
      `its pre_tokenizer Split with behavior ${nameOfValue(part.behavior)} cannot be used`,
    );
  }
  // Isolated pieces are the same whether the pattern tells them or the gaps between them.
  return { ...part, invert: false };
}

/**
 * Without a pre-tokenizer a whole text is one word, slow to merge and never seen twice. Where no token has a space
 * mark after another character, no merge crosses such a place, so the text can be cut there with the same result.
 */
function wordsOfSpaceMarks(model: BpeModel, added: Token[]): JsonObject | null {
  const crosses = new RegExp(`[^${spaceMark}]${spaceMark}`);
  if (fusesUnknown(model)) return null;
  const tokens = [...Object.keys(model.vocab), ...added.map(({ content }) => content)];
  if (tokens.some((token) => crosses.test(token))) return null;
  return split(`${spaceMark}+[^${spaceMark}]*|[^${spaceMark}]+`);
}

function sequence(pretokenizers: JsonObject[]): JsonObject {
  return { type: 'Sequence', pretokenizers };
}

function split(pattern: string): JsonObject {
  return { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false };
}

/** The single-text template of the post-processor; a ByteLevel one changes offsets alone. */
function readAffixes(processor: unknown, refuse: Refuse): Affixes {
  if (processor === undefined || processor === null) return { prefix: [], suffix: [] };
  checkParts(processor, 'post_processor', ['Sequence', 'ByteLevel', 'TemplateProcessing'], refuse);
  const templates = flatten(processor).filter((part) => part.type === 'TemplateProcessing');
  const affixes: Affixes = { prefix: [], suffix: [] };
  for (const template of templates) {
    const { prefix, suffix } = readTemplate(template, refuse);
    affixes.prefix.unshift(...prefix);
    affixes.suffix.push(...suffix);
  }
  return affixes;
}

function flatten(part: unknown): JsonObject[] {
  if (!isObject(part)) return [];
  return part.type === 'Sequence' ? innerParts(part).flatMap(flatten) : [part];
}

function readTemplate(template: JsonObject, refuse: Refuse): Affixes {
  const special = isObject(template.special_tokens) ? template.special_tokens : {};
  const items: unknown[] = Array.isArray(template.single) ? template.single : [];
  const affixes: Affixes = { prefix: [], suffix: [] };
  let texts = 0;
  for (const item of items) {
    if (isObject(item) && isObject(item.Sequence)) {
      texts += 1;
      continue;
    }
    const name = isObject(item) && isObject(item.SpecialToken) ? item.SpecialToken.id : undefined;
    const entry = typeof name === 'string' ? special[name] : undefined;
    const ids: unknown = isObject(entry) ? entry.ids : undefined;
    if (!Array.isArray(ids) || !ids.every(isTokenId)) {
      throw refuse(`its post_processor uses ${nameOfValue(name)} without giving its id`);
    }
    (texts === 0 ? affixes.prefix : affixes.suffix).push(...ids);
  }
  if (texts !== 1) throw refuse('its post_processor must hold the text once');
  return affixes;
}
