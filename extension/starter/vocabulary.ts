// The starter's tokenizer: byte-level BPE in Hugging Face's format, learnt from the world's own text.
// The fixed parts of the paper's template are tokens of their own, which makes its records half as long.

export const beginToken = '<s>';
export const endToken = '</s>';

const indent = ' '.repeat(16);
const introduction =
  'Below is an instruction that describes a task. Write a response that appropriately completes the request.';
const instructionHead = `${indent}### Instruction:\n${indent}`;
const responseHead = `${indent}### Response:\n${indent}`;

const specialTokens = [beginToken, endToken];
const phraseTokens = [indent, introduction, instructionHead, responseHead];

/** A word with the space before it and a digit after it, a digit, punctuation, or white space. */
const pieces = / ?\p{L}+\d?| ?\d| ?[^\s\p{L}\d]+|\s+/gu;

/** GPT-2's printable stand-ins for the 256 bytes. */
const byteSymbols = (() => {
  const printable = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(printable(byte) ? byte : next++),
  );
})();

type Merge = [string, string];

/** Byte-pair encoding: joins the most frequent pair until no pair occurs as often as `leastCount`. */
export function learnMerges(texts: string[], leastCount: number): Merge[] {
  const words = countWords(texts);
  const merges: Merge[] = [];
  for (;;) {
    const best = mostFrequentPair(words);
    if (best === undefined || best.count < leastCount) return merges;
    merges.push(best.pair);
    for (const word of words) word.symbols = join(word.symbols, best.pair);
  }
}

interface Word {
  symbols: string[];
  count: number;
}

function countWords(texts: string[]): Word[] {
  const counts = new Map<string, number>();
  const phrases = new RegExp(
    [...specialTokens, ...phraseTokens].sort((a, b) => b.length - a.length).join('|'),
  );
  for (const text of texts) {
    for (const part of text.split(phrases)) {
      for (const piece of part.match(pieces) ?? []) counts.set(piece, (counts.get(piece) ?? 0) + 1);
    }
  }
  return [...counts].map(([piece, count]) => ({
    symbols: [...Buffer.from(piece)].map((byte) => byteSymbols[byte] ?? ''),
    count,
  }));
}

function mostFrequentPair(words: Word[]): { pair: Merge; count: number } | undefined {
  const counts = new Map<string, { pair: Merge; count: number }>();
  for (const { symbols, count } of words) {
    for (let i = 1; i < symbols.length; i++) {
      const pair: Merge = [symbols[i - 1] ?? '', symbols[i] ?? ''];
      const entry = counts.get(pair.join(' ')) ?? { pair, count: 0 };
      entry.count += count;
      counts.set(pair.join(' '), entry);
    }
  }
  return [...counts.values()].sort(
    (a, b) => b.count - a.count || (a.pair.join(' ') < b.pair.join(' ') ? -1 : 1),
  )[0];
}

function join(symbols: string[], [left, right]: Merge): string[] {
  const joined: string[] = [];
  for (const symbol of symbols) {
    if (symbol === right && joined.at(-1) === left) joined[joined.length - 1] = left + right;
    else joined.push(symbol);
  }
  return joined;
}

/** tokenizer.json. Ids: special tokens, template phrases, bytes, merges. */
export function tokenizerFile(merges: Merge[]) {
  const added = [...specialTokens, ...phraseTokens];
  const vocabulary = [...added, ...byteSymbols, ...merges.map((pair) => pair.join(''))];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: id < specialTokens.length,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: pieces.source }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special(beginToken), { Sequence: { id: 'A', type_id: 0 } }],
      pair: [
        special(beginToken),
        { Sequence: { id: 'A', type_id: 0 } },
        { Sequence: { id: 'B', type_id: 1 } },
      ],
      special_tokens: { [beginToken]: { id: beginToken, ids: [0], tokens: [beginToken] } },
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
      merges,
    },
  };
}

const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
