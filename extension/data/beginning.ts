// What texts begin alike with. In the order of their tokens, texts that do stand side by side.
import type { Example } from './examples';

type Text = Pick<Example, 'tokens'>;

/** By the first token that differs; a text stands before those that it is the beginning of. */
export function inOrderOfTokens<T extends Text>(texts: readonly T[]): T[] {
  return [...texts].sort((a, b) => {
    const place = tokensAlike(a, b);
    return (a.tokens[place] ?? -1) - (b.tokens[place] ?? -1);
  });
}

/** How many tokens both begin with. */
export function tokensAlike({ tokens: one }: Text, { tokens: other }: Text): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length += 1;
  return length;
}

/** Of texts in that order, how many tokens each begins with as the one before it does; the first with none. */
export function alikeInOrder(ordered: readonly Text[]): number[] {
  return ordered.map((text, i) => {
    const before = ordered[i - 1];
    return before === undefined ? 0 : tokensAlike(before, text);
  });
}

/** Tokens of these texts that another of them begins with as well: computed once, they are saved. The last of a text is
 *  not computed at all. */
export function savedTokens(texts: readonly Text[]): number {
  const computed = texts.map(({ tokens }) => ({ tokens: tokens.subarray(0, -1) }));
  return alikeInOrder(inOrderOfTokens(computed)).reduce((sum, alike) => sum + alike, 0);
}
