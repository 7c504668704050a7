// Greedy and 4-beam continuations of 20 prompts, token for token as transformers' generate.
import { adapterLab } from '../adapterLab';
import type { Check } from '../checkModels';
import { freeTexts, recordPrompts } from '../prompts';
import { runPython } from '../python';

const NEW_TOKENS = 32;
const THREADS = 1;
const BEAMS = [1, 4] as const;

async function continueHere(model: string, prompt: string, beams: number): Promise<number[]> {
  const options = ['--max-new-tokens', String(NEW_TOKENS), '--beams', String(beams)];
  const result = await adapterLab(['generate', model, '--prompt', prompt, ...options]);
  return (result as { tokens: number[] }).tokens;
}

export async function checkContinuations({ model, data, python, report }: Check): Promise<void> {
  const prompts = [...recordPrompts(data, 10), ...freeTexts];
  const job = { model, adapter: null, prompts, maxNewTokens: NEW_TOKENS, threads: THREADS };
  const theirs = (await runPython(python, 'continuations.py', job)) as Record<string, number[]>[];
  for (const beams of BEAMS) {
    let equal = 0;
    for (const [index, prompt] of prompts.entries()) {
      const expected = theirs[index]?.[beams] ?? [];
      const ours = await continueHere(model, prompt, beams);
      if (ours.join() === expected.join()) equal++;
      else
        report(
          false,
          `${beams} beams, prompt ${index}: ${ours.join()} instead of ${expected.join()}`,
        );
    }
    report(
      equal === prompts.length,
      `${equal} of ${prompts.length} continuations equal with ${beams} beams`,
    );
  }
}
