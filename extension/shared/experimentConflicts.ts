// Settings that are fine alone but not together.
import { usualProjection, usualQuantization, type ExperimentSettings } from './experiment';
import { hasMagnitudes, isQuantized, isVera } from './methods';
import { Failure } from './failures';

type Place = (setting: string) => { file: string; line?: number };

interface Conflict {
  first: string;
  second: string;
  problem: string;
  applies: (settings: ExperimentSettings, explicit: ReadonlySet<string>) => boolean;
}

const both = (explicit: ReadonlySet<string>, first: string, second: string): boolean =>
  explicit.has(first) && explicit.has(second);

/** Of a setting that says nothing. */
function isUsual(value: string | boolean | object): boolean {
  if (typeof value === 'object') return Object.keys(value).length === 0;
  return value === false || value === 'default';
}

const usualSchedule = {
  initialRank: undefined,
  tinit: 0,
  tfinal: 0,
  interval: 1,
  sensitivityBeta: 0.85,
  uncertaintyBeta: 0.85,
  orthogonalWeight: 0.5,
} as const;
const adaloraNames = Object.keys(usualSchedule) as (keyof typeof usualSchedule)[];

const conflicts: Conflict[] = [
  {
    first: 'training.epochs',
    second: 'training.steps',
    problem: 'each says how long to train; keep one',
    applies: (_, explicit) => both(explicit, 'training.epochs', 'training.steps'),
  },
  {
    first: 'training.warmupSteps',
    second: 'training.warmupRatio',
    problem: 'each says how long the warm-up is; keep one',
    applies: (_, explicit) => both(explicit, 'training.warmupSteps', 'training.warmupRatio'),
  },
  {
    first: 'method',
    second: 'adapter.initialAdapter',
    problem: 'full fine-tuning has no adapter to continue from; use lora or dora',
    applies: ({ method, adapter }) => method === 'full' && adapter.initialAdapter !== undefined,
  },
  {
    first: 'method',
    second: 'train',
    problem: 'only full fine-tuning trains parts of the model itself; remove "train"',
    applies: ({ method }, explicit) => method !== 'full' && explicit.has('train'),
  },
  {
    first: 'method',
    second: 'adapter.detachNorm',
    problem: 'only DoRA has a norm that a gradient could go through; remove "detachNorm"',
    applies: ({ method, adapter }) => !adapter.detachNorm && !hasMagnitudes(method),
  },
  ...(['projectionSeed', 'initialD', 'saveProjection'] as const).map((name): Conflict => ({
    first: 'method',
    second: `adapter.${name}`,
    problem: `only vera and dvora have shared matrices; remove "${name}"`,
    applies: ({ method, adapter }) => !isVera(method) && adapter[name] !== usualProjection[name],
  })),
  ...(['rankPattern', 'alphaPattern', 'rslora'] as const).map((name): Conflict => ({
    first: 'method',
    second: `adapter.${name}`,
    problem: `modules of vera and dvora share their matrices, with one rank and without a scale; remove "${name}"`,
    applies: ({ method, adapter }) =>
      isVera(method) && (adapter[name] === true || Object.keys(adapter[name]).length > 0),
  })),
  ...(['rankPattern', 'alphaPattern', 'rslora', 'init'] as const).map((name): Conflict => ({
    first: 'method',
    second: `adapter.${name}`,
    problem: `adalora divides ranks itself and has its own scale and beginning; remove "${name}"`,
    applies: ({ method, adapter }) => method === 'adalora' && !isUsual(adapter[name]),
  })),
  ...adaloraNames.map((name): Conflict => ({
    first: 'method',
    second: `adapter.${name}`,
    problem: `only adalora lowers ranks by a schedule; remove "${name}"`,
    applies: ({ method, adapter }) => method !== 'adalora' && adapter[name] !== usualSchedule[name],
  })),
  {
    first: 'method',
    second: 'training.ema',
    problem:
      "adalora sets singular values to zero, which an average would bring back; set 'ema' to 0",
    applies: ({ method, training }) => method === 'adalora' && training.ema > 0,
  },
  {
    first: 'method',
    second: 'adapter.magnitudeOnly',
    problem: 'only dora and qdora train magnitudes of modules without an update; remove it',
    applies: ({ method, adapter }) =>
      adapter.magnitudeOnly.length > 0 && method !== 'dora' && method !== 'qdora',
  },
  {
    first: 'method',
    second: 'quantization',
    problem: 'only qlora and qdora quantise the base; leave it at its defaults or remove it',
    applies: ({ method, quantization }) =>
      !isQuantized(method) &&
      (quantization.blockSize !== usualQuantization.blockSize || quantization.double),
  },
  {
    first: 'method',
    second: 'adapter.init',
    problem: 'PiSSA changes the base weights, which a quantised base cannot hold; use lora or dora',
    applies: ({ method, adapter }) => adapter.init === 'pissa' && isQuantized(method),
  },
  {
    first: 'method',
    second: 'adapter.init',
    problem: 'matrices that all modules share cannot begin otherwise; remove it',
    applies: ({ method, adapter }) => adapter.init !== 'default' && isVera(method),
  },
  {
    first: 'adapter.init',
    second: 'adapter.dropout',
    problem:
      'with PiSSA the low-rank path carries a part of the weight itself, which dropout would take away; set "dropout" to 0',
    applies: ({ method, adapter }) =>
      adapter.init === 'pissa' && method !== 'full' && adapter.dropout > 0,
  },
  {
    first: 'adapter.initialAdapter',
    second: 'adapter.init',
    problem: 'an adapter to continue from has values already; keep one',
    applies: ({ adapter }) => adapter.init !== 'default' && adapter.initialAdapter !== undefined,
  },
  {
    first: 'method',
    second: 'adapter.loraPlusRatio',
    problem: 'only methods that train A and B have a ratio of their learning rates; remove it',
    applies: ({ method, adapter }) =>
      adapter.loraPlusRatio !== 1 && (method === 'vera' || method === 'dvora'),
  },
  {
    first: 'method',
    second: 'adapter.magnitudeLearningRate',
    problem: 'only dora, qdora and dvora train magnitudes; remove it',
    applies: ({ method, adapter }) =>
      adapter.magnitudeLearningRate !== undefined && method !== 'full' && !hasMagnitudes(method),
  },
  {
    first: 'training.learningRate',
    second: 'adapter.magnitudeLearningRate',
    problem:
      'a learning rate of 0 has no schedule that the magnitudes could follow; set one above 0',
    applies: ({ training, adapter }) =>
      training.learningRate === 0 && adapter.magnitudeLearningRate !== undefined,
  },
  {
    first: 'data.format',
    second: 'data.template',
    problem: 'records of this format are not put into a template; remove "template"',
    applies: ({ data }, explicit) =>
      (data.format === 'text' || data.format === 'completion') && explicit.has('data.template'),
  },
  {
    first: 'data.format',
    second: 'data.lossOn',
    problem: 'text records have no answer; use "all"',
    applies: ({ data }) => data.format === 'text' && data.lossOn === 'answer',
  },
  {
    first: 'data.format',
    second: 'data.template',
    problem: "chat records use the model's own template; set it to chat or leave it out",
    applies: ({ data }, explicit) =>
      data.format === 'chat' && explicit.has('data.template') && data.template !== 'chat',
  },
];

export function checkConflicts(
  settings: ExperimentSettings,
  explicit: ReadonlySet<string>,
  place: Place,
): void {
  for (const { first, second, problem, applies } of conflicts) {
    if (!applies(settings, explicit)) continue;
    const at = place(second);
    throw new Failure('settings-conflict', { ...at, first, second, problem });
  }
}
