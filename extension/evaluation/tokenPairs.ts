// A context and its continuation as tokens, the way lm-evaluation-harness splits them: the continuation's tokens are
// those that the whole text has beyond the context's own.
import type { TextTokenizer } from '../model/tokenizer';

export interface TokenPair {
  context: number[];
  continuation: number[];
}

export function encodePair(
  tokenizer: TextTokenizer,
  context: string,
  continuation: string,
): TokenPair {
  // White space at the end belongs to the token that follows it.
  const before = context.trimEnd();
  const after = context.slice(before.length) + continuation;
  const whole = tokenizer.encodePlain(before + after);
  const start = tokenizer.encodePlain(before).length;
  const prefix = before === '' && tokenizer.prefix.length === 0 ? firstToken(tokenizer) : [];
  return {
    context: [...tokenizer.prefix, ...prefix, ...whole.slice(0, start)],
    continuation: whole.slice(start),
  };
}

/** What a text is foretold from when nothing stands before it: the token that begins texts, or the one that ends them. */
export function firstToken(tokenizer: TextTokenizer): number[] {
  const { bos } = tokenizer.special;
  const first =
    tokenizer.prefix[0] ?? (bos === undefined ? undefined : tokenizer.idOf(bos)) ?? tokenizer.eosId;
  return first === undefined ? [] : [first];
}
