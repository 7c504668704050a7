// The data of a run as its steps need it.
import type { ExperimentSettings } from '../shared/experiment';
import type { PackedBatch } from '../shared/engineTypes';
import { Batches, sequentialBatches, type StepBatches } from '../data/batches';
import { savedTokens } from '../data/beginning';
import { openDataset, type Dataset } from '../data/dataset';
import type { ModelFolder } from '../model/folder';
import type { TokenizerFolder } from '../model/tokenizer';
import { packedSize, type PackedSize } from './memory/packedSize';

const defaultEpochs = 3;

export interface SamplePrompt {
  /** As people should see it. */
  shown: string;
  tokens: Int32Array;
}

type MicroBatches = Pick<ExperimentSettings['training'], 'batchSize' | 'accumulation'>;

export class TrainingData {
  private readonly batches: Batches;

  constructor(
    private readonly dataset: Dataset,
    private readonly settings: ExperimentSettings,
  ) {
    const { training, data } = settings;
    const { batchSize, accumulation, steps, epochs = defaultEpochs, seed } = training;
    const length = steps === undefined ? { epochs } : { steps };
    const order = { batchSize, accumulation, seed, shuffle: data.shuffle };
    this.batches = new Batches(dataset.train, { ...order, ...length });
  }

  /** Passes over the records that the whole run makes. */
  get epochs(): number {
    const { batchSize, accumulation } = this.settings.training;
    return (this.steps * batchSize * accumulation) / this.records;
  }

  /** What the model is asked for samples: the user's own requests, or the first records. */
  samplePrompts(): SamplePrompt[] {
    const { prompts, records } = this.settings.samples;
    const asked = this.dataset.validation ?? this.dataset.train;
    const count = Math.min(records, asked.length);
    const texts =
      prompts.length > 0
        ? prompts.map((request) => ({ shown: request, prompt: asked.promptFor(request) }))
        : Array.from({ length: count }, (_, i) => asked.promptOf(i)).map((prompt) => {
            return { shown: prompt, prompt };
          });
    return texts.map(({ shown, prompt }) => ({ shown, tokens: asked.encodePrompt(prompt) }));
  }

  /** Optimizer steps of the whole run. */
  get steps(): number {
    return this.batches.steps;
  }

  get records(): number {
    return this.dataset.train.length;
  }

  /** Steps count from 0. Records are tokenised here when they are seen first. */
  step(index: number): StepBatches {
    return this.batches.batchesOf(index);
  }

  /** The same records a step, in other micro-batches. */
  inBatches(sizes: MicroBatches): TrainingData {
    const { dataset, settings } = this;
    return new TrainingData(dataset, {
      ...settings,
      training: { ...settings.training, ...sizes },
    });
  }

  /** No micro-batch of the run has more places, rows, counted rows or texts. Tokenises every record. */
  largestBatch(sizes: MicroBatches): PackedSize {
    const { batches, dataset, steps } = this.inBatches(sizes);
    const largest = { places: 0, rows: 0, counted: 0, texts: 0 };
    for (let step = 0; step < steps; step += 1) {
      for (const records of batches.recordsOf(step)) {
        const used = records.map((index) => dataset.train.get(index));
        const tokens = used.reduce((sum, one) => sum + one.tokens.length, 0);
        const counted = used.reduce((sum, one) => sum + one.counted, 0);
        const size = packedSize({ tokens, counted, texts: used.length }, savedTokens(used));
        largest.places = Math.max(largest.places, size.places);
        largest.rows = Math.max(largest.rows, size.rows);
        largest.counted = Math.max(largest.counted, size.counted);
        largest.texts = Math.max(largest.texts, size.texts);
      }
    }
    return largest;
  }

  /** Every validation record once; nothing without a validation set. */
  validation(): Iterable<PackedBatch> {
    const { validation } = this.dataset;
    return validation ? sequentialBatches(validation, this.settings.training.batchSize) : [];
  }

  /** What happened to the records seen so far, in a sentence; undefined when all is well. */
  notice(): string | undefined {
    const { seen, truncated, dropped } = this.dataset.train.countsSoFar();
    const parts: string[] = [];
    if (truncated > 0) {
      const { maxLength } = this.settings.data;
      parts.push(`${truncated} of ${seen} records were cut off at "maxLength" ${maxLength} tokens`);
    }
    if (dropped > 0) parts.push(`${dropped} have nothing to learn from and were left out`);
    return parts.length === 0 ? undefined : `${parts.join('; ')}.`;
  }
}

export async function openTrainingData(
  settings: ExperimentSettings,
  inFolder: (path: string) => string,
  { folder, tokenizer }: { folder: ModelFolder; tokenizer: TokenizerFolder },
): Promise<TrainingData> {
  const { data, training } = settings;
  const { validation } = data;
  const dataset = await openDataset(
    {
      ...data,
      train: data.train.map(inFolder),
      validation: typeof validation === 'string' ? inFolder(validation) : validation,
      seed: training.seed,
    },
    tokenizer,
    folder.path,
  );
  return new TrainingData(dataset, settings);
}
