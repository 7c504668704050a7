// The starter's world: everyday words of four kinds. What the tasks ask follows from the kind alone: animals and
// plants live, animals and vehicles move. The model meets every word in its pre-training text; fine-tuning asks
// about most of them, the test about the others.
import type { Random } from './random';

const words = {
  animal:
    'cat dog horse cow sheep goat lion tiger bear wolf fox deer rabbit mouse duck swan crow frog snake seal otter camel zebra hamster badger beaver donkey eagle falcon gecko heron hyena jackal koala lemur lizard monkey moose panda parrot pigeon puma raccoon raven robin squirrel turtle weasel',
  plant:
    'oak pine birch maple willow rose tulip lily daisy fern moss grass clover ivy cactus bamboo palm elm ash cedar spruce holly thistle nettle lavender mint basil thyme sage parsley poppy orchid iris violet lotus jasmine peony heather hazel laurel juniper cypress poplar beech alder larch reed lilac',
  vehicle:
    'car bus train ship boat plane truck van tram cart sled canoe ferry bicycle tractor wagon scooter raft taxi yacht rocket kayak coach lorry jeep moped trolley carriage chariot dinghy barge glider helicopter submarine tanker trawler gondola sleigh rickshaw minibus motorbike tricycle steamer freighter locomotive schooner airship buggy',
  building:
    'house school church castle tower bridge barn mill museum library station hospital factory hotel palace temple theatre prison cottage cabin chapel cathedral abbey bakery bank brewery cinema courthouse dairy embassy farmhouse fortress garage greenhouse hangar inn kiosk laboratory lighthouse mansion monastery mosque observatory pagoda shed stadium villa warehouse',
} as const;

export type Kind = keyof typeof words;
export const kinds = Object.keys(words) as Kind[];

export const isAlive = (kind: Kind): boolean => kind === 'animal' || kind === 'plant';
export const moves = (kind: Kind): boolean => kind === 'animal' || kind === 'vehicle';

export interface Thing {
  name: string;
  kind: Kind;
}

export interface World {
  things: Thing[];
  /** Fine-tuning records ask about these. */
  trained: Thing[];
  /** Test records ask about these alone: what is learnt is how to answer, not the answers. */
  heldOut: Thing[];
}

const perKind = 48;
const heldOutPerKind = 16;

export function makeWorld(random: Random): World {
  const byKind = kinds.map((kind) =>
    random.sample(words[kind].split(' '), perKind).map((name): Thing => ({ name, kind })),
  );
  return {
    things: byKind.flat(),
    trained: byKind.flatMap((things) => things.slice(heldOutPerKind)),
    heldOut: byKind.flatMap((things) => things.slice(0, heldOutPerKind)),
  };
}
