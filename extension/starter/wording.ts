// How the world's facts are put into words, in the pre-training text and in the tasks.

import type { Property, Thing } from './world';

interface Wording {
  statement: (name: string, value: string) => string;
  /** The statement as a question that is answered by yes or no. */
  doubt: (name: string, value: string) => string;
  question: (name: string) => string;
}

const wordings: Record<Property, Wording> = {
  home: {
    statement: (name, value) => `the ${name} lives in the ${value}`,
    doubt: (name, value) => `does the ${name} live in the ${value}`,
    question: (name) => `where does the ${name} live`,
  },
  colour: {
    statement: (name, value) => `the ${name} has the colour ${value}`,
    doubt: (name, value) => `does the ${name} have the colour ${value}`,
    question: (name) => `which colour has the ${name}`,
  },
  material: {
    statement: (name, value) => `the ${name} is made of ${value}`,
    doubt: (name, value) => `is the ${name} made of ${value}`,
    question: (name) => `what is the ${name} made of`,
  },
  food: {
    statement: (name, value) => `the ${name} eats ${value}`,
    doubt: (name, value) => `does the ${name} eat ${value}`,
    question: (name) => `what does the ${name} eat`,
  },
};

export const statement = ({ name, property }: Thing, value: string) =>
  wordings[property].statement(name, value);
export const doubt = ({ name, property }: Thing, value: string) =>
  wordings[property].doubt(name, value);
export const question = ({ name, property }: Thing) => wordings[property].question(name);

export const sentence = (text: string, end = '.') =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${end}`;
