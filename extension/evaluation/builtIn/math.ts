// Math word problems as the LLM-Adapters scripts ask and score them, and Orca-Math as the QDoRA experiments do.
import type { TaskFile } from '../../shared/taskFile';

const generation = { beams: 4, maxNewTokens: 256, stopTexts: ['### Response:'] };

/** The last number, commas deleted, within 0.001. */
function wordProblems(title?: string): TaskFile {
  return {
    ...(title !== undefined && { title }),
    group: 'math',
    template: 'paper',
    generation,
    extraction: 'number',
    metric: 'number',
    tolerance: 0.001,
  };
}

/** With a sign of a currency, thousands, decimals, a fraction or a ratio. */
const orcaNumber = String.raw`-?[$€£¥]?\d[\d,]*(?:\.\d+)?(?:[/:]\d+(?:\.\d+)?)?`;

export const mathTasks: Readonly<Record<string, TaskFile>> = {
  gsm8k: wordProblems('GSM8K'),
  AddSub: wordProblems(),
  MultiArith: wordProblems(),
  SingleEq: wordProblems(),
  SVAMP: wordProblems(),
  AQuA: { group: 'math', template: 'paper', generation, pattern: 'A|B|C|D|E' },
  /** The last number of the output and of the worked solution must be the same text. */
  'orca-math': {
    title: 'Orca-Math',
    columns: { instruction: 'question', answer: 'answer' },
    template: '###Question:\n{instruction}\n###Answer:\n',
    generation: { beams: 1, maxNewTokens: 512, stopTexts: ['###Question:'] },
    extraction: { pattern: orcaNumber, take: 'last' },
    reference: 'extracted',
  },
};
