// Three tasks in the record format of the commonsense sets: {instruction, input, output, answer}.

import type { Random } from './random';
import { doubt, question, statement } from './wording';
import { wrongValues, type Thing } from './world';

export interface TaskRecord {
  instruction: string;
  input: '';
  output: string;
  answer: string;
}

export interface Task {
  name: string;
  description: string;
  answers: string[];
  /** A question about the thing whose right answer is answers[right]. */
  ask(random: Random, thing: Thing, right: number): string;
}

export const tasks: Task[] = [
  {
    name: 'facts',
    description: 'Is it true or false?',
    answers: ['true', 'false'],
    ask: (random, thing, right) => {
      const [value] = right === 0 ? [thing.value] : wrongValues(random, thing, 1);
      const asked = random.pick([doubt, isItTrue, isItSaid])(thing, value ?? '');
      return `Please answer the following question with true or false, question: ${asked}?\n\nAnswer format: true/false`;
    },
  },
  {
    name: 'blanks',
    description: 'Which of two options fills the blank?',
    answers: ['option1', 'option2'],
    ask: (random, thing, right) => {
      const offered = list('Option', offer(random, thing, { count: 2, right }));
      return `Please choose the correct answer to fill in the blank to complete the given sentence: ${statement(thing, '_')}\n\n${offered} Answer format: option1/option2`;
    },
  },
  {
    name: 'quiz',
    description: 'Which of four answers is right?',
    answers: ['answer1', 'answer2', 'answer3', 'answer4'],
    ask: (random, thing, right) => {
      const offered = list('Answer', offer(random, thing, { count: 4, right }));
      return `Please choose the correct answer to the question: ${question(thing)}?\n\n${offered}\n\nAnswer format: answer1/answer2/answer3/answer4`;
    },
  },
];

const isItTrue = (thing: Thing, value: string) => `is it true that ${statement(thing, value)}`;

const isItSaid = (thing: Thing, value: string) =>
  `is it right to say that ${statement(thing, value)}`;

/** The thing's value at place `right` among wrong ones. */
function offer(random: Random, thing: Thing, at: { count: number; right: number }): string[] {
  const wrong = wrongValues(random, thing, at.count - 1);
  return [...wrong.slice(0, at.right), thing.value, ...wrong.slice(at.right)];
}

const list = (label: string, offered: string[]) =>
  offered.map((value, index) => `${label}${index + 1}: ${value}`).join(' ');

/** So many different records; each answer is right equally often. */
export function makeRecords(
  random: Random,
  task: Task,
  { things, count }: { things: Thing[]; count: number },
): TaskRecord[] {
  const records = new Map<string, TaskRecord>();
  for (let tries = 0; records.size < count; tries++) {
    if (tries > 100 * count) throw new Error(`${task.name} has no ${count} different questions`);
    const right = records.size % task.answers.length;
    const instruction = task.ask(random, random.pick(things), right);
    const answer = task.answers[right] ?? '';
    const output = `the correct answer is ${answer}`;
    records.set(instruction, { instruction, input: '', output, answer });
  }
  return random.shuffle([...records.values()]);
}
