// The starter's world: invented things with invented names, and one property of each. Nothing about them
// can be known from elsewhere, so an answer is right only because the model read it in pre-training.

import type { Random } from './random';

export const values = {
  home: ['forest', 'river', 'desert', 'cave'],
  colour: ['red', 'blue', 'green', 'yellow'],
  material: ['wood', 'stone', 'glass', 'gold'],
  food: ['berries', 'grass', 'nuts', 'honey'],
} as const;

export type Property = keyof typeof values;
export const properties = Object.keys(values) as Property[];

export interface Thing {
  name: string;
  property: Property;
  value: string;
}

export interface World {
  things: Thing[];
  /** Fine-tuning records ask about these. */
  trained: Thing[];
  /** Test records ask about these alone: what is learnt is how to answer, not the answers. */
  heldOut: Thing[];
}

const consonants = 'bdfgklmnprstvz'.split('');
const vowels = 'aeiou'.split('');
const thingCount = 80;
const heldOutCount = 20;

export function makeWorld(random: Random): World {
  const things = makeNames(random).map((name, index): Thing => {
    const property = properties[index % properties.length] ?? 'home';
    return { name, property, value: random.pick<string>(values[property]) };
  });
  return { things, trained: things.slice(heldOutCount), heldOut: things.slice(0, heldOutCount) };
}

function makeNames(random: Random): string[] {
  const names = new Set<string>();
  const syllable = () => random.pick(consonants) + random.pick(vowels);
  while (names.size < thingCount) names.add(syllable() + syllable());
  return [...names];
}

/** Different values that this thing does not have. */
export function wrongValues(random: Random, thing: Thing, count: number): string[] {
  return random.sample(
    values[thing.property].filter((value) => value !== thing.value),
    count,
  );
}
