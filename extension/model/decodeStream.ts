// Text of a generation as it grows, token by token.
import type { TextTokenizer } from './tokenizer';

export class DecodeStream {
  private readonly ids: number[] = [];
  /** Tokens whose text has been given out; decoding starts a little before, as spaces depend on neighbours. */
  private given = 0;
  private start = 0;

  constructor(private readonly tokenizer: TextTokenizer) {}

  /** The new text; empty while a character still lacks bytes. */
  push(id: number): string {
    this.ids.push(id);
    const before = this.textOf(this.start, this.given);
    const text = this.textOf(this.start, this.ids.length);
    if (text.length <= before.length || text.endsWith('\ufffd')) return '';
    this.start = this.given;
    this.given = this.ids.length;
    return text.slice(before.length);
  }

  /** What has not been given out: of the last character, whose bytes never came. */
  rest(): string {
    const before = this.textOf(this.start, this.given);
    const text = this.textOf(this.start, this.ids.length);
    this.given = this.ids.length;
    return text.slice(before.length);
  }

  private textOf(start: number, end: number): string {
    return this.tokenizer.decode(this.ids.slice(start, end), { skipSpecial: true });
  }
}
