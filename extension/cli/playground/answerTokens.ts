// Chosen tokens as readers see them: their text, how likely they were, and what else could have stood there.
import { DecodeStream } from '../../model/decodeStream';
import type { TextTokenizer } from '../../model/tokenizer';
import type { AnswerToken } from '../../shared/playground';
import type { ChosenToken } from './tokenGenerator';

export class AnswerTokens {
  private readonly stream: DecodeStream;
  private previous: number | undefined;
  private text = '';

  constructor(
    private readonly tokenizer: TextTokenizer,
    private readonly endTokens: readonly number[],
  ) {
    this.stream = new DecodeStream(tokenizer);
  }

  /** What ends the text adds nothing to it. */
  add({ token, logProbability, alternatives }: ChosenToken): AnswerToken {
    const read = {
      name: this.nameOf(token),
      probability: Math.exp(logProbability),
      alternatives: alternatives.map((one) => ({
        text: this.nameOf(one.token),
        probability: Math.exp(one.logProbability),
      })),
    };
    if (this.endTokens.includes(token)) return { text: '', ...read };
    const text = this.stream.push(token);
    this.previous = token;
    this.text += text;
    return { text, ...read };
  }

  /** Whether the text so far has this in it. */
  holds(part: string): boolean {
    return this.text.includes(part);
  }

  /** What the last tokens hold of a character that was never finished. */
  rest(): string {
    return this.stream.rest();
  }

  /** After the token before it, since spaces depend on neighbours; special tokens by their own name. */
  private nameOf(token: number): string {
    const { tokenizer, previous } = this;
    const before = previous === undefined ? [] : [previous];
    const start = tokenizer.decode(before, { skipSpecial: true });
    const text = tokenizer.decode([...before, token], { skipSpecial: true });
    const added = text.startsWith(start) ? text.slice(start.length) : '';
    return added !== '' ? added : (tokenizer.tokenOf(token) ?? String(token));
  }
}
