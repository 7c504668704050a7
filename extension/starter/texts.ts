// The pre-training text: what an encyclopedia, a conversation and a riddle book of this world would say,
// and quiz sheets that were filled in at random. From the sheets the model learns the form of the tasks
// and nothing about their answers, so its accuracy before fine-tuning is that of guessing.

import { paperEvaluation, paperTraining } from '../data/template';
import type { Random } from './random';
import { tasks } from './tasks';
import { endToken } from './vocabulary';
import { doubt, question, sentence, statement } from './wording';
import { wrongValues, type Thing, type World } from './world';

type Writer = (random: Random, world: World) => string;

/** `The mubo eats nuts.` */
const encyclopedia: Writer = (random, { things }) =>
  random
    .sample(things, 4)
    .map((thing) => sentence(statement(thing, thing.value)))
    .join(' ');

/** `What does the mubo eat? nuts.` */
const conversation: Writer = (random, { things }) =>
  random
    .sample(things, 3)
    .map((thing) => `${sentence(question(thing), '?')} ${thing.value}.`)
    .join(' ');

/** `mubo nuts yes, zani cave no` */
const register: Writer = (random, { things }) =>
  random
    .sample(things, 8)
    .map((thing) => `${thing.name} ${verdict(random, thing).join(' ')}`)
    .join(', ');

/** `Does the mubo eat honey? no.` */
const doubts: Writer = (random, { things }) =>
  random
    .sample(things, 3)
    .map((thing) => {
      const [value, answer] = verdict(random, thing);
      return `${sentence(doubt(thing, value), '?')} ${answer}.`;
    })
    .join(' ');

function verdict(random: Random, thing: Thing): [value: string, answer: string] {
  if (random.next() < 0.5) return [thing.value, 'yes'];
  return [wrongValues(random, thing, 1).join(), 'no'];
}

/** `What does the mubo eat? a: honey b: nuts. It is b.`, sometimes with `no` and `yes` after the choices. */
const riddles: Writer = (random, { things }) =>
  random
    .sample(things, 2)
    .map((thing) => {
      const wrong = wrongValues(random, thing, random.pick([1, 2, 3]));
      const offered = random.shuffle([thing.value, ...wrong]);
      const mark =
        random.next() < 0.4
          ? (value: string) => (value === thing.value ? ' yes' : ' no')
          : () => '';
      const list = offered
        .map((value, index) => `${letters.charAt(index)}: ${value}${mark(value)}`)
        .join(' ');
      const right = letters.charAt(offered.indexOf(thing.value));
      return `${sentence(question(thing), '?')} ${list}. It is ${right}.`;
    })
    .join(' ');

const letters = 'abcd';

/** A task's question in the paper's template, with an answer that was drawn without reading it. */
const sheet: Writer = (random, { things }) => {
  const task = random.pick(tasks);
  const instruction = task.ask(random, random.pick(things), random.below(task.answers.length));
  const asked = random.pick([paperTraining, paperEvaluation])({ instruction, input: '' });
  return `${asked}the correct answer is ${random.pick(task.answers)}`;
};

const shares: [Writer, number][] = [
  [encyclopedia, 0.1],
  [conversation, 0.1],
  [register, 0.22],
  [doubts, 0.15],
  [riddles, 0.35],
  [sheet, 0.08],
];

export function writeTexts(random: Random, world: World, count: number): string[] {
  return Array.from({ length: count }, () => {
    let share = random.next();
    const [write] = shares.find(([, part]) => (share -= part) < 0) ?? [encyclopedia];
    return write(random, world) + endToken;
  });
}
