// What the model writes on a few prompts that stay the same over the run, greedily: how it changes can be read.
import type { NewRunEvent } from '../shared/run';
import type { Engine } from './addon';
import { plainGeneration } from './plainGeneration';
import type { PreparedRun } from './prepareTraining';
import type { SamplePrompt } from './trainingData';

export class SampleOutputs {
  private readonly prompts: SamplePrompt[];

  constructor(
    private readonly engine: Engine,
    private readonly prepared: PreparedRun,
  ) {
    const { contextLength } = prepared.folder.config;
    const { maxNewTokens } = prepared.settings.samples;
    // A prompt that leaves no room for an answer says nothing about the model.
    this.prompts = prepared.data
      .samplePrompts()
      .filter(({ tokens }) => tokens.length > 0 && tokens.length + maxNewTokens <= contextLength);
  }

  get isEmpty(): boolean {
    return this.prompts.length === 0;
  }

  /** Reads the model and changes nothing of the training. */
  async write(step: number): Promise<NewRunEvent> {
    const { tokenizer, endTokens } = this.prepared.tokenizer;
    const { maxNewTokens } = this.prepared.settings.samples;
    const prompts = this.prompts.map(({ tokens }) => tokens);
    const request = { ...plainGeneration, prompts, maxNewTokens, endTokens };
    const outputs = await this.engine.generate(request);
    const samples = this.prompts.map(({ shown }, index) => {
      const tokens = Array.from(outputs[index]?.tokens ?? []);
      return { prompt: shown, text: tokenizer.decode(tokens, { skipSpecial: true }) };
    });
    return { type: 'sample', step, samples };
  }
}
