// The engine as the playground uses it: one text at a time.
import type { Engine } from '../../trainer/addon';
import type { ChosenToken, TextRequest, TokenGenerator } from './tokenGenerator';

export class EngineGenerator implements TokenGenerator {
  constructor(private readonly engine: Engine) {}

  /** The engine keeps to itself what ends a text, so that it is not told what does: readers want to see it, too. */
  async generate(
    request: TextRequest,
    onToken: (token: ChosenToken) => void,
  ): Promise<'end' | 'length' | 'stopped'> {
    const { prompt, maxNewTokens, settings, endTokens, alternatives } = request;
    const { isSampled, temperature, topK, topP, seed } = settings;
    const { engine } = this;
    const progress = { isEnded: false };
    const [text] = await engine.generate(
      {
        prompts: [prompt],
        ...{ maxNewTokens, beams: 1, lengthPenalty: 1, earlyStopping: false },
        ...(isSampled && { sampling: { temperature, topK, topP, seed } }),
        ...{ endTokens: [], atOnce: 1, alternatives },
      },
      {
        token: (token) => {
          // A few may be on their way when the text has ended.
          if (progress.isEnded) return;
          onToken(token);
          progress.isEnded = endTokens.includes(token.token);
          if (progress.isEnded) engine.stopGenerating();
        },
      },
    );
    return progress.isEnded ? 'end' : (text?.ended ?? 'stopped');
  }

  stop(): void {
    this.engine.stopGenerating();
  }
}
