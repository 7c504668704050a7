// Texts that end an answer. Beams are cut when they are complete; a text that is written token by token is stopped,
// and cut at the same token however late the stop comes through.
import type { TextTokenizer } from '../model/tokenizer';

export class StopTexts {
  private readonly tails = new Map<number, number[]>();
  private readonly ended = new Set<number>();
  /** Tokens that may hold a stop text: one has at least a byte. */
  private readonly tailTokens: number;

  constructor(
    private readonly texts: readonly string[],
    private readonly tokenizer: TextTokenizer,
  ) {
    this.tailTokens = Math.max(0, ...texts.map((text) => Buffer.byteLength(text))) + 4;
  }

  /** Whether the text of a prompt ends with this token. */
  sees(prompt: number, token: number): boolean {
    if (this.ended.has(prompt)) return false;
    const tail = [...(this.tails.get(prompt) ?? []), token].slice(-this.tailTokens);
    this.tails.set(prompt, tail);
    if (!this.holds(tail)) return false;
    this.ended.add(prompt);
    return true;
  }

  stopped(prompt: number): boolean {
    return this.ended.has(prompt);
  }

  /** Up to the token that completes a stop text. */
  cut(tokens: Int32Array): Int32Array {
    if (!this.holds(tokens)) return tokens;
    let count = 1;
    while (!this.holds(tokens.subarray(0, count))) count += 1;
    return tokens.slice(0, count);
  }

  private holds(tokens: ArrayLike<number>): boolean {
    if (this.texts.length === 0) return false;
    const text = this.tokenizer.decode(tokens, { skipSpecial: true });
    return this.texts.some((stop) => text.includes(stop));
  }
}

/** What stands before the first of the texts. */
export function cutText(text: string, stopTexts: readonly string[]): string {
  const ends = stopTexts.map((stop) => text.indexOf(stop)).filter((end) => end >= 0);
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends));
}
