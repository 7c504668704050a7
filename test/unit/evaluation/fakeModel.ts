// Models without weights: one writes a text to every prompt, one expects some tokens more than others.
import type { Generator } from '../../../extension/evaluation/generator';
import type {
  GenerationListener,
  GenerationRequest,
  Likelihood,
  LikelihoodRequest,
  WrittenText,
} from '../../../extension/shared/generation';
import type { EvaluatedModel } from '../../../extension/evaluation/evaluate';
import { instructionFormat } from '../../../extension/evaluation/judge/conversationFormat';
import { readTokenizer, type TextTokenizer } from '../../../extension/model/tokenizer';
import { tokenizerFolder } from '../data/dataFixture';

export function testTokenizer(): TextTokenizer {
  return readTokenizer(tokenizerFolder(), 420, []).tokenizer;
}

/** Writes what `text` says of each prompt, the last prompt first, and remembers what it was asked. */
export class FakeModel implements Generator {
  readonly requests: GenerationRequest[] = [];
  readonly prompts: string[] = [];
  readonly measured: { context: string; continuation: string }[] = [];
  readonly stopped: (number | undefined)[] = [];

  constructor(
    readonly tokenizer: TextTokenizer,
    private readonly text: (prompt: string) => string = () => '',
    private readonly likelihood: (context: string, continuation: string) => number = () => 0,
  ) {}

  async generate(
    request: GenerationRequest,
    listener: GenerationListener = {},
  ): Promise<WrittenText[]> {
    this.requests.push(request);
    const before = this.stopped.length;
    const texts: WrittenText[] = [];
    for (const [place, prompt] of [...request.prompts.entries()].reverse()) {
      const asked = this.tokenizer.decode(prompt);
      this.prompts.push(asked);
      const tokens = Int32Array.from(this.tokenizer.encodePlain(this.text(asked)));
      if (request.beams === 1) {
        for (const token of tokens) listener.token?.({ prompt: place, token });
      }
      await Promise.resolve();
      const stops = this.stopped.slice(before);
      const isEnded = !stops.includes(undefined) && !stops.includes(place);
      const text = { tokens, ended: isEnded ? 'end' : 'stopped' } as const;
      texts.push(text);
      listener.done?.(place, text);
    }
    return texts;
  }

  stopGenerating(prompt?: number): void {
    this.stopped.push(prompt);
  }

  logLikelihoods({ contexts, continuations }: LikelihoodRequest): Promise<Likelihood[][]> {
    return Promise.resolve(
      contexts.map((tokens, place) =>
        (continuations[place] ?? []).map((more) => {
          const context = this.tokenizer.decode(tokens);
          const continuation = this.tokenizer.decode(more);
          this.measured.push({ context, continuation });
          return { sum: this.likelihood(context, continuation) };
        }),
      ),
    );
  }
}

export function evaluated(
  generator: FakeModel,
  changes: Partial<EvaluatedModel> = {},
): EvaluatedModel {
  return {
    ...{ generator, tokenizer: generator.tokenizer, endTokens: [0], contextLength: 500 },
    conversations: (template) => instructionFormat(template, generator.tokenizer),
    ...{ fingerprint: 'a', ...changes },
  };
}
