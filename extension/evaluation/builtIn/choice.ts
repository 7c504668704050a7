// The eight commonsense sets by log-likelihood: which choice does the model expect? Accuracy as lm-evaluation-harness
// defines acc (NAME.choice) and acc_norm (NAME.choice-norm), with its prompts for these sets. Another protocol than the
// paper's: its figures are never put into one column or average with those of generated answers.
import type { TaskFile } from '../../shared/taskFile';
import { commonsenseSets, type CommonsenseSet } from './commonsense';

type ChoiceFile = Extract<TaskFile, { protocol: 'choice' }>;

/** `Answer1: ... Answer2: ...` up to the next one, or the end of the paragraph. */
function listed(word: string): { pattern: string } {
  return {
    pattern: String.raw`${word}\d: ([\s\S]*?)(?=\s*(?:${word}\d: |\n\nAnswer format:|Answer format:))`,
  };
}

/** Between the words that all questions of a set begin with and the first choice. */
function between(words: string, choice: string): string {
  return String.raw`^${words}: ([\s\S]*?)\s*\n\n${choice}1: `;
}

const answers = {
  question: between('Please choose the correct answer to the question', 'Answer'),
  choices: listed('Answer'),
  answerIs: 'number',
} as const;

const files: Record<CommonsenseSet, Omit<ChoiceFile, 'protocol'>> = {
  boolq: {
    question: String.raw`^Please answer the following question with true or false, question: ([\s\S]*?)\??\s*\n\nAnswer format:`,
    template: 'Question: {instruction}?\nAnswer:',
    choices: ['false', 'true'],
  },
  piqa: {
    question: between('Please choose the correct solution to the question', 'Solution'),
    template: 'Question: {instruction}\nAnswer:',
    choices: listed('Solution'),
    answerIs: 'number',
  },
  social_i_qa: { ...answers, template: 'Q: {instruction}\nA:' },
  hellaswag: {
    question: between('Please choose the correct ending to complete the given sentence', 'Ending'),
    template: '{instruction}',
    choices: listed('Ending'),
    answerIs: 'number',
  },
  winogrande: {
    question: between(
      'Please choose the correct answer to fill in the blank to complete the given sentence',
      'Option',
    ),
    template: '{instruction}',
    choices: listed('Option'),
    answerIs: 'number',
    blank: '_',
  },
  'ARC-Easy': { ...answers, template: 'Question: {instruction}\nAnswer:' },
  'ARC-Challenge': { ...answers, template: 'Question: {instruction}\nAnswer:' },
  openbookqa: { ...answers, template: '{instruction}' },
};

/** Both ways to choose; where a blank is filled, what is measured is equally long. */
const ways: Record<'none' | 'length', { ending: string; sets: readonly CommonsenseSet[] }> = {
  none: { ending: '.choice', sets: commonsenseSets },
  length: {
    ending: '.choice-norm',
    sets: commonsenseSets.filter((set) => files[set].blank === undefined),
  },
};

export const choiceTasks: Readonly<Record<string, TaskFile>> = Object.fromEntries(
  (['none', 'length'] as const).flatMap((normalise) =>
    ways[normalise].sets.map((set): [string, TaskFile] => [
      `${set}${ways[normalise].ending}`,
      {
        ...files[set],
        protocol: 'choice',
        group: 'commonsense',
        questions: `../${set}/test.json`,
        normalise,
      },
    ]),
  ),
);
