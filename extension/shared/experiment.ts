// The settings of an experiment: one schema from which types, validation, defaults and the editor's JSON
// Schema derive. Users' files and scripts rely on these names: add to them, never rename.
import * as z from 'zod';

/** Methods of the schema; `availableMethods` are those this version trains. */
export const methods = [
  'full',
  'lora',
  'dora',
  'qlora',
  'qdora',
  'vera',
  'dvora',
  'adalora',
] as const;
export type Method = (typeof methods)[number];
export const availableMethods = ['full', 'lora', 'dora'] as const satisfies readonly Method[];

export const trainableParts = ['linears', 'norms', 'embeddings', 'head', 'biases'] as const;
export type TrainablePart = (typeof trainableParts)[number];

const count = z.int().nonnegative();
const positive = z.int().positive();
const fraction = z.number().min(0).lt(1);

const dataSettings = z.strictObject({
  train: z
    .array(z.string())
    .min(1)
    .describe('Files to train on: .json, .jsonl, .csv or .parquet; several are concatenated.'),
  validation: z
    .union([count, z.string()])
    .default(0)
    .describe('A file, or how many records to split off with the seed; 0 for none.'),
  format: z
    .enum(['instruction', 'chat', 'completion', 'text'])
    .default('instruction')
    .describe(
      'What a record holds: instruction, input, output; messages; prompt, completion; text.',
    ),
  columns: z
    .record(z.string(), z.string())
    .default({})
    .describe("Field to column, where the files' columns have other names."),
  template: z
    .string()
    .default('paper')
    .describe(
      "paper, alpaca, chat (the model's own), or a text with {instruction}, {input} and {output}.",
    ),
  lossOn: z.enum(['all', 'answer']).default('all').describe('Which tokens the loss counts.'),
  maxLength: positive.default(256).describe('Longer records are truncated to so many tokens.'),
  shuffle: z.boolean().default(true).describe('A new order every epoch, from the seed.'),
});

const adapterSettings = z.strictObject({
  rank: positive.default(32).describe('Rank of the low-rank update.'),
  alpha: z
    .number()
    .positive()
    .optional()
    .describe(
      'The update is scaled by alpha / rank; twice the rank when left out, as in the paper.',
    ),
  dropout: fraction.default(0.05).describe("Dropout on the low-rank path's input."),
  rslora: z.boolean().default(false).describe('Scale by alpha / sqrt(rank) instead.'),
  targets: z
    .union([z.array(z.string()).min(1), z.string()])
    .default(['q_proj', 'k_proj', 'v_proj', 'up_proj', 'down_proj'])
    .describe(
      "Modules to adapt, by the end of their names; or 'all-linear'; or one regular expression.",
    ),
  rankPattern: z
    .record(z.string(), positive)
    .default({})
    .describe('Rank of modules that match a key, by the end of the name or a regular expression.'),
  alphaPattern: z
    .record(z.string(), z.number().positive())
    .default({})
    .describe('Alpha of modules that match a key.'),
  layers: z.array(count).optional().describe('Only these layers are adapted; all when left out.'),
  initialAdapter: z
    .string()
    .optional()
    .describe('A PEFT adapter folder to continue from instead of a fresh start.'),
});

const trainingSettings = z.strictObject({
  batchSize: positive.default(16).describe('Records a micro-batch.'),
  accumulation: positive.default(1).describe('Micro-batches a step.'),
  epochs: z.number().positive().optional().describe('Passes over the data; 3 when neither is set.'),
  steps: positive.optional().describe('Optimizer steps, instead of epochs.'),
  learningRate: z.number().nonnegative().default(2e-4).describe('Highest learning rate.'),
  schedule: z
    .enum(['linear', 'cosine', 'constant'])
    .default('linear')
    .describe('After the warm-up.'),
  warmupSteps: count.optional().describe('Steps from 0 up to the learning rate.'),
  warmupRatio: fraction
    .optional()
    .describe('Warm-up as a part of all steps, instead of warmupSteps.'),
  weightDecay: z.number().nonnegative().default(0).describe('Decoupled, on every trained tensor.'),
  beta1: fraction.default(0.9).describe("AdamW's first decay rate."),
  beta2: fraction.default(0.999).describe("AdamW's second decay rate."),
  epsilon: z.number().positive().default(1e-8).describe("AdamW's epsilon."),
  clipNorm: z.number().nonnegative().default(1).describe('Largest gradient norm; 0: no clipping.'),
  seed: count.default(0).describe('Decides order, split, fresh adapters and dropout.'),
  activationCheckpointing: z
    .boolean()
    .default(false)
    .describe('Less memory: activations are computed a second time in the backward pass.'),
});

const evaluationSettings = z.strictObject({
  tasks: z.array(z.string()).default([]).describe('Tasks to evaluate on; a folder each in `data`.'),
  data: z.string().default('data').describe("Folder of the tasks' test files."),
  limit: count.default(0).describe('Only the first so many questions; 0: all.'),
  at: z.enum(['end', 'checkpoints']).default('end').describe('When tasks are evaluated.'),
});

const sampleSettings = z.strictObject({
  prompts: z
    .array(z.string().min(1))
    .default([])
    .describe("Requests that the model answers at each checkpoint, in the data's template."),
  records: count
    .default(2)
    .describe(
      'Without prompts: so many records are asked, the first of the validation set if there is one.',
    ),
  maxNewTokens: positive.default(32).describe('Longest answer, in tokens.'),
});

const settingsShape = {
  name: z.string().min(1).describe('Name of the experiment, shown in the sidebar.'),
  model: z.string().min(1).describe('Hugging Face model folder, relative to this file.'),
  data: dataSettings.describe('What to train on.'),
  method: z.enum(methods).default('dora').describe('How the model is trained.'),
  train: z
    .array(z.enum(trainableParts))
    .min(1)
    .default(['linears'])
    .describe('What full fine-tuning trains.'),
  adapter: adapterSettings.prefault({}).describe('The adapter of lora and dora.'),
  training: trainingSettings.prefault({}).describe('How long and how fast.'),
  evaluation: evaluationSettings.prefault({}).describe('Accuracy by task.'),
  checkpoints: z
    .strictObject({
      every: count.default(50).describe('Steps between checkpoints; 0: only at the end.'),
      keep: positive.default(3).describe('How many are kept.'),
    })
    .prefault({})
    .describe('Saved states to resume from and to use.'),
  diagnostics: z
    .strictObject({
      every: count
        .default(50)
        .describe('Steps between slope measurements; 0: only at checkpoints.'),
    })
    .prefault({})
    .describe('Magnitude and direction slopes.'),
  samples: sampleSettings
    .prefault({})
    .describe('What the model writes before training and at each checkpoint.'),
  device: z.enum(['auto', 'cpu', 'cuda']).default('auto').describe('Where to train.'),
  threads: count.default(0).describe('Processor threads; 0: all.'),
};

/** Every setting of one run. */
export const experimentSettings = z.strictObject(settingsShape);
export type ExperimentSettings = z.infer<typeof experimentSettings>;

/** NAME.experiment.json: the settings, and a grid of settings to vary. */
export const experimentFile = z.strictObject({
  $schema: z.string().optional().describe('Ignored.'),
  ...settingsShape,
  grid: z
    .record(z.string(), z.array(z.unknown()).min(1))
    .default({})
    .describe('Dotted setting to values; the runs are the product.'),
});

/** JSON Schema of an experiment file, as users write it. */
export function experimentJsonSchema(): object {
  return z.toJSONSchema(experimentFile, { io: 'input' });
}

/** alpha / rank of the settings' own rank. */
export function alphaOf(adapter: ExperimentSettings['adapter']): number {
  return adapter.alpha ?? 2 * adapter.rank;
}
