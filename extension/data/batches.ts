// The batches of a run, each from its step's number alone: resuming needs nothing else.
import type { PackedBatch } from '../shared/engineTypes';
import type { Example, Examples } from './examples';
import { permutation } from './order';

export interface BatchSettings {
  /** Records of a micro-batch. */
  batchSize: number;
  /** Micro-batches of a step. */
  accumulation: number;
  /** One of the two; steps win. Epochs may be a fraction. */
  epochs?: number;
  steps?: number;
  seed: number;
  shuffle: boolean;
}

export interface StepBatches {
  /** Records without a counted token are left out; a micro-batch without any other is not there. */
  micro: PackedBatch[];
  /** Tokens that the loss counts, over all micro-batches. */
  countedTokens: number;
  /** All tokens. */
  tokens: number;
}

/** As the Hugging Face trainer counts: the last batch of an epoch and its last step may be smaller. */
export function countSteps(
  records: number,
  { batchSize, accumulation, steps, epochs = 1 }: Omit<BatchSettings, 'seed' | 'shuffle'>,
): { steps: number; stepsPerEpoch: number } {
  const microBatches = Math.ceil(records / batchSize);
  const stepsPerEpoch = Math.ceil(microBatches / accumulation);
  return { steps: steps ?? Math.ceil(stepsPerEpoch * epochs), stepsPerEpoch };
}

export class Batches {
  readonly stepsPerEpoch: number;
  readonly steps: number;
  private order: { epoch: number; records: Int32Array } | undefined;

  constructor(
    private readonly examples: Examples,
    private readonly settings: BatchSettings,
  ) {
    const { steps, stepsPerEpoch } = countSteps(examples.length, settings);
    this.stepsPerEpoch = stepsPerEpoch;
    this.steps = steps;
  }

  /** Steps count from 0. */
  epochOf(step: number): number {
    return Math.floor(step / this.stepsPerEpoch);
  }

  /** Indices of the records of a step, a list for each micro-batch. */
  recordsOf(step: number): number[][] {
    const { batchSize, accumulation } = this.settings;
    const order = this.orderOf(this.epochOf(step));
    const first = (step % this.stepsPerEpoch) * batchSize * accumulation;
    const lists: number[][] = [];
    for (let i = 0; i < accumulation; i += 1) {
      const start = first + i * batchSize;
      if (start < order.length) lists.push([...order.subarray(start, start + batchSize)]);
    }
    return lists;
  }

  batchesOf(step: number): StepBatches {
    const groups = this.recordsOf(step).map((records) =>
      records.map((index) => this.examples.get(index)).filter(({ counted }) => counted > 0),
    );
    const used = groups.flat();
    return {
      micro: groups.filter((group) => group.length > 0).map(pack),
      countedTokens: sum(used.map(({ counted }) => counted)),
      tokens: sum(used.map(({ tokens }) => tokens.length)),
    };
  }

  private orderOf(epoch: number): Int32Array {
    if (this.order?.epoch !== epoch) {
      const { seed, shuffle } = this.settings;
      const { length } = this.examples;
      const records = shuffle
        ? permutation(length, seed, epoch)
        : Int32Array.from({ length }, (_, i) => i);
      this.order = { epoch, records };
    }
    return this.order.records;
  }
}

/** All examples in their order, for validation. Those without a counted token are left out. */
export function* sequentialBatches(examples: Examples, batchSize: number): Generator<PackedBatch> {
  for (let start = 0; start < examples.length; start += batchSize) {
    const group: Example[] = [];
    for (let i = start; i < Math.min(start + batchSize, examples.length); i += 1) {
      const example = examples.get(i);
      if (example.counted > 0) group.push(example);
    }
    if (group.length > 0) yield pack(group);
  }
}

/** Texts side by side, without padding. */
export function pack(group: Pick<Example, 'tokens' | 'targets'>[]): PackedBatch {
  const lengths = Int32Array.from(group, ({ tokens }) => tokens.length);
  const total = lengths.reduce((all, length) => all + length, 0);
  const tokens = new Int32Array(total);
  const targets = new Int32Array(total);
  let place = 0;
  for (const example of group) {
    tokens.set(example.tokens, place);
    targets.set(example.targets, place);
    place += example.tokens.length;
  }
  return { tokens, targets, lengths };
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
