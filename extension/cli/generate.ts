// adapter-lab generate: continues a prompt, greedily or with beams.
import type { Command } from 'commander';
import { Failure } from '../shared/failures';
import { openModel } from '../trainer/openModel';
import { plainGeneration } from '../trainer/plainGeneration';
import { addEngineOptions, openingOptions, wholeNumber, type EngineWish } from './arguments';
import { tell, type Outcome, type OutputOptions } from './output';

interface GenerateOptions extends OutputOptions, EngineWish {
  adapter?: string;
  prompt: string;
  maxNewTokens: number;
  beams: number;
}

export function addGenerate(program: Command): void {
  const command = program
    .command('generate')
    .description('continue a prompt with a model, with or without an adapter')
    .argument('<model>', 'Hugging Face model folder, or a checkpoint of full fine-tuning')
    .requiredOption('--prompt <text>', 'text to continue, used as it stands')
    .option('--adapter <folder>', 'PEFT adapter to put on the model')
    .option('--max-new-tokens <n>', 'longest answer', wholeNumber('--max-new-tokens', 1), 64)
    .option('--beams <n>', 'beams of the search; 1 is greedy', wholeNumber('--beams', 1), 1);
  addEngineOptions(command)
    .option('--json', 'print {text, tokens}')
    .addHelpText(
      'after',
      `
Examples:
  adapter-lab generate models/smollm2 --prompt "The capital of France is"
  adapter-lab generate models/smollm2 --adapter runs/ID/checkpoints/step-000200 \\
      --prompt "Is the sky blue?" --beams 4 --max-new-tokens 32 --json
`,
    )
    .action(async (model: string, options: GenerateOptions) => {
      await tell(options, () => generate(model, options));
    });
}

async function generate(model: string, options: GenerateOptions): Promise<Outcome> {
  const { adapter, prompt, maxNewTokens, beams } = options;
  const opened = await openModel(model, { adapterPath: adapter, ...openingOptions(options) });
  try {
    const { tokenizer, endTokens } = opened.tokenizer;
    const prompts = [Int32Array.from(tokenizer.encode(prompt))];
    if (prompts[0]?.length === 0) {
      const problem = 'must be a text of at least one token';
      throw new Failure('argument-invalid', { argument: '--prompt', value: prompt, problem });
    }
    const request = { ...plainGeneration, prompts, maxNewTokens, beams, endTokens };
    const [found] = await opened.engine.generate(request);
    const tokens = Array.from(found?.tokens ?? []);
    const text = tokenizer.decode(tokens, { skipSpecial: true });
    return { json: { text, tokens }, text };
  } finally {
    await opened.engine.dispose();
  }
}
