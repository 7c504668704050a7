// Tokens one by one from the engine's logits.
import type { AnswerSettings } from '../../shared/playground';
import type { Engine } from '../../trainer/addon';
import { makeDraws, pickToken } from './pickToken';
import type { ChosenToken, TextRequest, TokenGenerator } from './tokenGenerator';

export class SteppedGenerator implements TokenGenerator {
  private isStopped = false;

  constructor(
    private readonly engine: Engine,
    private readonly vocabulary: number,
  ) {}

  async generate(
    request: TextRequest,
    onToken: (token: ChosenToken) => void,
  ): Promise<'end' | 'length' | 'stopped'> {
    this.isStopped = false;
    const draw = makeDraws(request.settings.seed);
    const tokens = Array.from(request.prompt);
    for (let count = 0; count < request.maxNewTokens; count += 1) {
      const logits = await this.engine.logits(Int32Array.from(tokens));
      if (this.stopped()) return 'stopped';
      const chosen = this.choose(logits.slice(-this.vocabulary), request, draw);
      onToken(chosen);
      if (request.endTokens.includes(chosen.token)) return 'end';
      tokens.push(chosen.token);
    }
    return 'length';
  }

  stop(): void {
    this.isStopped = true;
  }

  private stopped(): boolean {
    return this.isStopped;
  }

  private choose(
    logits: Float32Array,
    { settings, alternatives }: { settings: AnswerSettings; alternatives: number },
    draw: () => number,
  ): ChosenToken {
    return pickToken(logits, { settings, alternatives, draw });
  }
}
