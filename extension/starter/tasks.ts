// Three tasks in the record format of the commonsense sets: {instruction, input, output, answer}.
import type { Random } from './random';
import { isAlive, kinds, moves, type Kind, type Thing } from './world';

export interface TaskRecord {
  instruction: string;
  input: '';
  output: string;
  answer: string;
}

export interface Task {
  name: string;
  answers: string[];
  /** Index of the right answer for a thing of this kind. */
  right: (kind: Kind) => number;
  /** Ways to ask about a thing; each becomes a record. */
  questions: ((name: string) => string)[];
}

const yesOrNo = (asked: string): string =>
  `Please answer the following question with true or false, question: ${asked}?\n\nAnswer format: true/false`;
const blank = (sentence: string): string =>
  `Please choose the correct answer to fill in the blank to complete the given sentence: ${sentence}\n\n` +
  'Option1: moves around Option2: stays in one place Answer format: option1/option2';
const choice = (asked: string): string =>
  `Please choose the correct answer to the question: ${asked}?\n\n` +
  'Answer1: animal Answer2: plant Answer3: vehicle Answer4: building\n\n' +
  'Answer format: answer1/answer2/answer3/answer4';

export const tasks: Task[] = [
  {
    name: 'facts',
    answers: ['true', 'false'],
    right: (kind) => (isAlive(kind) ? 0 : 1),
    questions: [
      (name) => yesOrNo(`is the ${name} alive`),
      (name) => yesOrNo(`does a ${name} grow`),
      (name) => yesOrNo(`is a ${name} a living thing`),
    ],
  },
  {
    name: 'blanks',
    answers: ['option1', 'option2'],
    right: (kind) => (moves(kind) ? 0 : 1),
    questions: [
      (name) => blank(`the ${name} _ all day long`),
      (name) => blank(`on most days a ${name} _`),
      (name) => blank(`look, there is a ${name}, it _`),
    ],
  },
  {
    name: 'quiz',
    answers: ['answer1', 'answer2', 'answer3', 'answer4'],
    right: (kind) => kinds.indexOf(kind),
    questions: [
      (name) => choice(`what is the ${name}`),
      (name) => choice(`what kind of thing is a ${name}`),
      (name) => choice(`which word says what a ${name} is`),
    ],
  },
];

/** Every question about every thing, in random order. */
export function makeRecords(random: Random, task: Task, things: readonly Thing[]): TaskRecord[] {
  const records = things.flatMap(({ name, kind }) =>
    task.questions.map((ask): TaskRecord => {
      const answer = task.answers[task.right(kind)] ?? '';
      const output = `the correct answer is ${answer}`;
      return { instruction: ask(name), input: '', output, answer };
    }),
  );
  return random.shuffle(records);
}
