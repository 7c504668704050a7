// A context and its continuation as tokens, the way lm-evaluation-harness splits them: the continuation's tokens are
// those that the whole text has beyond the context's own.
import type { TextTokenizer } from '../model/tokenizer';

export interface TokenPair {
  context: number[];
  /** Of at least one token where the text is not empty. */
  continuation: number[];
}

type PairTokenizer = Pick<TextTokenizer, 'encodePlain' | 'prefix' | 'special' | 'idOf' | 'eosId'>;

export function encodePair(
  tokenizer: PairTokenizer,
  context: string,
  continuation: string,
): TokenPair {
  const whole = tokenizer.encodePlain(context + continuation);
  // White space at the end belongs to the token that follows it, unless a token of the vocabulary holds both.
  for (const before of [context.trimEnd(), context]) {
    const start = tokenizer.encodePlain(before);
    if (start.length < whole.length && start.every((token, i) => token === whole[i])) {
      return withPrefix(tokenizer, start, whole.slice(start.length));
    }
  }
  // The two meet within a token: they are read one after the other.
  const parts = [context, continuation].map((text) => tokenizer.encodePlain(text));
  return withPrefix(tokenizer, parts[0] ?? [], parts[1] ?? []);
}

function withPrefix(
  tokenizer: PairTokenizer,
  context: readonly number[],
  continuation: number[],
): TokenPair {
  const { prefix } = tokenizer;
  const first = context.length === 0 && prefix.length === 0 ? firstToken(tokenizer) : prefix;
  return { context: [...first, ...context], continuation };
}

/** What a text is foretold from when nothing stands before it: the token that begins texts, or the one that ends them. */
export function firstToken(tokenizer: Omit<PairTokenizer, 'encodePlain'>): number[] {
  const { bos } = tokenizer.special;
  const first =
    tokenizer.prefix[0] ?? (bos === undefined ? undefined : tokenizer.idOf(bos)) ?? tokenizer.eosId;
  return first === undefined ? [] : [first];
}
