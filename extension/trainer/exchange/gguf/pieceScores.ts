// Scores by which llama.cpp's SentencePiece tokenizer merges as the merges of tokenizer.json do: a token made earlier
// has the higher one. The two agree only where every way to make a token is among the merges, in one row.
import type { JsonObject } from '../../../model/jsonFile';

/** By token; undefined when no scores give the same tokens as these merges. */
export function pieceScores(
  merges: readonly (readonly [string, string])[],
  vocabulary: JsonObject,
): Map<string, number> | undefined {
  const scores = new Map<string, number>();
  const ways = new Map<string, number>();
  let previous = '';
  for (const [left, right] of merges) {
    const made = left + right;
    if (!scores.has(made)) scores.set(made, -scores.size);
    else if (made !== previous) return undefined;
    ways.set(made, (ways.get(made) ?? 0) + 1);
    previous = made;
  }
  for (const [token, count] of ways) if (waysToMake(token, vocabulary) !== count) return undefined;
  return scores;
}

/** Cuts of the token into two tokens. */
function waysToMake(token: string, vocabulary: JsonObject): number {
  const characters = Array.from(token);
  let count = 0;
  for (let cut = 1; cut < characters.length; cut += 1) {
    const [left, right] = [characters.slice(0, cut).join(''), characters.slice(cut).join('')];
    if (Object.hasOwn(vocabulary, left) && Object.hasOwn(vocabulary, right)) count += 1;
  }
  return count;
}
