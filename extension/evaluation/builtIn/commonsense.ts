// The eight commonsense sets of the DoRA paper, asked and scored as the LLM-Adapters scripts do: their prompt, 4 beams,
// 32 new tokens, the first match of the set's own pattern, no match is wrong.
import type { TaskFile } from '../../shared/taskFile';

const fiveAnswers = 'answer1|answer2|answer3|answer4|answer5';

/** Of each set, what an answer looks like. */
const patterns = {
  boolq: 'true|false',
  piqa: 'solution1|solution2',
  social_i_qa: fiveAnswers,
  hellaswag: 'ending1|ending2|ending3|ending4',
  winogrande: 'option1|option2',
  'ARC-Easy': fiveAnswers,
  'ARC-Challenge': fiveAnswers,
  openbookqa: fiveAnswers,
} as const;
export type CommonsenseSet = keyof typeof patterns;

export const commonsenseSets = Object.keys(patterns) as CommonsenseSet[];

export const commonsenseTasks: Readonly<Record<string, TaskFile>> = Object.fromEntries(
  commonsenseSets.map((name): [string, TaskFile] => [
    name,
    {
      group: 'commonsense',
      template: 'paper',
      generation: { beams: 4, maxNewTokens: 32, stopTexts: ['### Response:'] },
      pattern: patterns[name],
    },
  ]),
);
