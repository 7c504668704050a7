// The pre-training text: small stories in which words of one kind are used alike, conversations about what things
// are, and task sheets that were filled in at random. From the first two the model learns the kinds, from the sheets
// the form of the tasks and nothing about their answers: its accuracy before fine-tuning is that of guessing.
import { paperEvaluation, paperTraining } from '../data/template';
import type { Random } from './random';
import { tasks } from './tasks';
import { endToken } from './vocabulary';
import { isAlive, moves, type Kind, type World } from './world';

const habits: Record<Kind, string[]> = {
  animal: [
    'The _ sleeps under a tree.',
    'We saw a _ run away.',
    'The _ drinks from the river.',
    'She feeds the _ every morning.',
    'A young _ follows its mother.',
    'The _ is hungry and looks for food.',
  ],
  plant: [
    'The leaves of the _ are green.',
    'A _ needs water and light.',
    'She planted a _ in the garden.',
    'The _ blooms in spring.',
    'The roots of the _ are deep.',
    'We sat beside the _ and smelled it.',
  ],
  vehicle: [
    'They travel north by _.',
    'He drives the _ to the coast.',
    'The _ leaves at noon.',
    'She repairs the engine of the _.',
    'The _ is full of passengers.',
    'We took the _ home.',
  ],
  building: [
    'They walk into the _.',
    'The roof of the _ is red.',
    'She works in the _.',
    'The door of the _ is locked.',
    'The _ was built of stone.',
    'We met in front of the _.',
  ],
};

function story(random: Random, { things }: World): string {
  const sentences = random
    .sample(things, 3)
    .flatMap(({ name, kind }) =>
      random.sample(habits[kind], 2).map((habit) => habit.replace('_', name)),
    );
  return sentences.join(' ');
}

/** Questions about one thing after another, answered in the world's own words. */
function conversation(random: Random, { things }: World): string {
  return random
    .sample(things, 4)
    .map(({ name, kind }) => {
      const answers = [
        `What is the ${name}? It is one of the ${kind}s.`,
        `Does the ${name} live? ${isAlive(kind) ? 'It does.' : 'It does not.'}`,
        `Can the ${name} go away? ${moves(kind) ? 'Of course.' : 'Never.'}`,
      ];
      return random.sample(answers, 2).join(' ');
    })
    .join(' ');
}

/** A task's question in the paper's template, with an answer that was drawn without reading it. */
function sheet(random: Random, { things }: World): string {
  const task = random.pick(tasks);
  const instruction = random.pick(task.questions)(random.pick(things).name);
  const prompt = random.pick([paperTraining, paperEvaluation])({ instruction, input: '' });
  return `${prompt}the correct answer is ${random.pick(task.answers)}`;
}

const shares: [write: (random: Random, world: World) => string, share: number][] = [
  [story, 0.3],
  [conversation, 0.45],
  [sheet, 0.25],
];

export function writeTexts(random: Random, world: World, count: number): string[] {
  return Array.from({ length: count }, () => {
    let share = random.next();
    const [write] = shares.find(([, part]) => (share -= part) < 0) ?? [story];
    return write(random, world) + endToken;
  });
}
