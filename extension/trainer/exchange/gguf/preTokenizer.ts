// How tokenizer.json cuts a text into words, by llama.cpp's names: it has the patterns built in and knows no others.
import { isObject, type JsonObject } from '../../../model/jsonFile';

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const words = (numbers: string): string =>
  `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${numbers}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

/** Undefined for one that llama.cpp lacks. */
export function byteLevelName(tokenizer: JsonObject): string | undefined {
  const parts = partsOf(tokenizer.pre_tokenizer);
  const [first, second] = parts;
  const isBytes = (part: JsonObject | undefined, pattern: boolean): boolean =>
    part?.type === 'ByteLevel' &&
    part.add_prefix_space !== true &&
    (part.use_regex !== false) === pattern;
  if (parts.length === 1) return isBytes(first, true) ? 'gpt-2' : undefined;
  if (parts.length !== 2) return undefined;
  if (first?.type === 'Digits' && first.individual_digits === true)
    return isBytes(second, true) ? 'smollm' : undefined;
  if (first?.type !== 'Split' || first.behavior !== 'Isolated' || !isBytes(second, false))
    return undefined;
  const pattern = isObject(first.pattern) ? first.pattern.Regex : undefined;
  if (pattern === words('\\p{N}')) return 'qwen2';
  if (pattern !== words('\\p{N}{1,3}')) return undefined;
  // The same pattern; the first takes a word that is a token as it is.
  return isObject(tokenizer.model) && tokenizer.model.ignore_merges === true ? 'llama-bpe' : 'dbrx';
}

function partsOf(part: unknown): JsonObject[] {
  if (!isObject(part)) return [];
  if (part.type !== 'Sequence') return [part];
  return Array.isArray(part.pretokenizers) ? part.pretokenizers.flatMap(partsOf) : [];
}
