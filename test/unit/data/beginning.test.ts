// What texts begin alike with, against all beginnings that there are, written down.
import { expect, test } from 'vitest';
import { inOrderOfTokens, savedTokens, tokensAlike } from '../../../extension/data/beginning';

const text = (...tokens: number[]) => ({ tokens: Int32Array.from(tokens) });

/** Every beginning of every text but the whole of it, each once. */
function beginnings(texts: readonly { tokens: Int32Array }[]): Set<string> {
  const all = new Set<string>();
  for (const { tokens } of texts)
    for (let length = 1; length < tokens.length; length += 1)
      all.add(tokens.subarray(0, length).join());
  return all;
}

test('texts that begin alike stand side by side', () => {
  const ordered = inOrderOfTokens([text(2, 1), text(1, 9, 9), text(1), text(1, 9), text(2, 0, 5)]);
  expect(ordered.map(({ tokens }) => [...tokens])).toEqual([
    [1],
    [1, 9],
    [1, 9, 9],
    [2, 0, 5],
    [2, 1],
  ]);
  expect(tokensAlike(text(1, 9, 9), text(1, 9, 8))).toBe(2);
  expect(tokensAlike(text(), text(1))).toBe(0);
});

test('what is computed is each beginning once', () => {
  // Three tokens, so that much is alike.
  const texts = Array.from({ length: 60 }, (_, i) =>
    text(...Array.from({ length: 1 + (i % 9) }, (_, place) => (i * i * 7 + place * i) % 3)),
  );
  for (const chosen of [texts, texts.slice(0, 7), [text(1, 2, 3), text(1, 2, 3)], []]) {
    const places = chosen.reduce((sum, { tokens }) => sum + tokens.length - 1, 0);
    expect(places - savedTokens(chosen)).toBe(beginnings(chosen).size);
  }
});
