// One answer, told token by token as it is written.
import { StopTexts } from '../../evaluation/stopTexts';
import type { TextTokenizer } from '../../model/tokenizer';
import type { AnswerEvent, AnswerSettings } from '../../shared/playground';
import { AnswerTokens } from './answerTokens';
import { TokenBatch } from './tokenBatch';
import type { TokenGenerator } from './tokenGenerator';

export interface AnswerRequest {
  prompt: Int32Array;
  settings: AnswerSettings;
  tokenizer: TextTokenizer;
  endTokens: number[];
  /** Texts that end an answer. */
  stopTexts: readonly string[];
  contextLength: number;
}

const alternatives = 5;

/** Never longer than the model's context, and it says so. */
export async function writeAnswer(
  generator: TokenGenerator,
  request: AnswerRequest,
  tell: (event: AnswerEvent) => void,
): Promise<void> {
  const { prompt, settings, tokenizer, endTokens, stopTexts, contextLength } = request;
  const maxNewTokens = Math.min(settings.maxNewTokens, contextLength - prompt.length);
  const written = new AnswerTokens(tokenizer, endTokens);
  const stops = new StopTexts(stopTexts, tokenizer);
  const clock = new AnswerClock();
  const batch = new TokenBatch((tokens) => {
    tell({ kind: 'tokens', tokens });
  });
  try {
    const text = { prompt, maxNewTokens, settings, endTokens, alternatives };
    const end = await generator.generate(text, (token) => {
      // A few may be on their way when the text has ended.
      if (stops.stopped(0)) return;
      clock.tick(!endTokens.includes(token.token));
      batch.add(written.add(token));
      if (stops.sees(0, token.token)) generator.stop();
    });
    const rest = written.rest();
    if (rest !== '') batch.add({ text: rest, name: rest, probability: 1, alternatives: [] });
    batch.flush();
    const isFull = end === 'length' && maxNewTokens < settings.maxNewTokens;
    const stopText = stops.stopped(0) ? stopTexts.find((one) => written.holds(one)) : undefined;
    if (stopText !== undefined) tell({ kind: 'ended', end: 'end', stopText, ...clock.figures() });
    else tell({ kind: 'ended', end: isFull ? 'context' : end, ...clock.figures() });
  } finally {
    batch.flush();
  }
}

/** How long a prompt and its answer took. */
class AnswerClock {
  private readonly startMs = performance.now();
  private firstMs: number | undefined;
  private lastMs = this.startMs;
  private tokens = 0;

  /** What ends a text is no token of it. */
  tick(isCounted: boolean): void {
    this.lastMs = performance.now();
    this.firstMs ??= this.lastMs;
    if (isCounted) this.tokens += 1;
  }

  figures(): { tokens: number; promptSeconds: number; seconds: number } {
    const firstMs = this.firstMs ?? performance.now();
    return {
      tokens: this.tokens,
      promptSeconds: (firstMs - this.startMs) / 1000,
      seconds: Math.max(0, this.lastMs - firstMs) / 1000,
    };
  }
}
