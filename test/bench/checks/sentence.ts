// The loss of one sentence, measured with transformers (f32 arithmetic on the bf16 weights).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { adapterLab } from '../adapterLab';
import type { Check } from '../checkModels';

const SENTENCE =
  'The capital of France is Paris. The Eiffel Tower, built in 1889, is one of the most famous landmarks in the ' +
  'world, and millions of tourists visit it every year.';
const LOSS = 1.3656;
const TOLERANCE = 0.0003;

export async function checkSentence({ model, scratch, report }: Check): Promise<void> {
  const file = join(scratch, 'sentence.jsonl');
  writeFileSync(file, `${JSON.stringify({ text: SENTENCE })}\n`);
  const result = (await adapterLab(['loss', model, '--data', file, '--format', 'text'])) as {
    loss: number;
    tokens: number;
  };
  const near = Math.abs(result.loss - LOSS) <= TOLERANCE;
  report(
    near,
    `loss of the sentence ${result.loss.toFixed(5)} (${LOSS} +- ${TOLERANCE}), ${result.tokens} tokens`,
  );
}
