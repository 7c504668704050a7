// The settings of an experiment: one schema from which types, validation, defaults and the editor's JSON
// Schema derive. Users' files and scripts rely on these names: add to them, never rename.
import * as z from 'zod/mini';
import type { Quantization } from './engineTypes';
import { isQuantized, methods } from './methods';

export const trainableParts = ['linears', 'norms', 'embeddings', 'head', 'biases'] as const;
export type TrainablePart = (typeof trainableParts)[number];

/** What a setting means, for the JSON Schema. */
function described<Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema {
  z.globalRegistry.add(schema, { description });
  return schema;
}

const count = z.int().check(z.nonnegative());
const positive = z.int().check(z.positive());
const fraction = z.number().check(z.gte(0), z.lt(1));
const smoothing = z.number().check(z.gt(0), z.lt(1));

const dataSettings = z.strictObject({
  train: described(
    z.array(z.string()).check(z.minLength(1)),
    'Files to train on: .json, .jsonl, .csv or .parquet; several are concatenated.',
  ),
  validation: described(
    z._default(z.union([count, z.string()]), 0),
    'A file, or how many records to split off with the seed; 0 for none.',
  ),
  format: described(
    z._default(z.enum(['instruction', 'chat', 'completion', 'text']), 'instruction'),
    'What a record holds: instruction, input, output; messages; prompt, completion; text.',
  ),
  columns: described(
    z._default(z.record(z.string(), z.string()), {}),
    "Field to column, where the files' columns have other names.",
  ),
  template: described(
    z._default(z.string(), 'paper'),
    "paper, alpaca, chat (the model's own), or a text with {instruction}, {input} and {output}.",
  ),
  lossOn: described(z._default(z.enum(['all', 'answer']), 'all'), 'Which tokens the loss counts.'),
  maxLength: described(
    z._default(positive, 256),
    'Longer records are truncated to so many tokens.',
  ),
  shuffle: described(z._default(z.boolean(), true), 'A new order every epoch, from the seed.'),
});

/** PEFT's. */
export const usualProjection = {
  ...{ projectionSeed: 0, initialD: 0.1, saveProjection: true },
} as const;

const adapterSettings = z.strictObject({
  rank: described(z._default(positive, 32), 'Rank of the low-rank update.'),
  alpha: described(
    z.optional(z.number().check(z.positive())),
    "The update is scaled by alpha / rank; twice the rank when left out, as in the paper. VeRA's and DVoRA's are not scaled.",
  ),
  dropout: described(z._default(fraction, 0.05), "Dropout on the low-rank path's input."),
  rslora: described(z._default(z.boolean(), false), 'Scale by alpha / sqrt(rank) instead.'),
  targets: described(
    z._default(z.union([z.array(z.string()).check(z.minLength(1)), z.string()]), [
      'q_proj',
      'k_proj',
      'v_proj',
      'up_proj',
      'down_proj',
    ]),
    "Modules to adapt, by the end of their names; or 'all-linear'; or one regular expression.",
  ),
  exclude: described(
    z._default(z.union([z.array(z.string()), z.string()]), []),
    "Modules that targets name and that are not adapted, as PEFT's exclude_modules: by the end of their names, or one regular expression.",
  ),
  rankPattern: described(
    z._default(z.record(z.string(), positive), {}),
    'Rank of modules that match a key, by the end of the name or a regular expression.',
  ),
  alphaPattern: described(
    z._default(z.record(z.string(), z.number().check(z.positive())), {}),
    'Alpha of modules that match a key.',
  ),
  layers: described(
    z.optional(z.array(count)),
    'Only these layers are adapted; all when left out.',
  ),
  projectionSeed: described(
    z._default(z.int().check(z.gte(0), z.lt(2 ** 32)), usualProjection.projectionSeed),
    "VeRA and DVoRA: draws the two matrices that all modules share, bit for bit as PEFT's projection_prng_key.",
  ),
  initialD: described(
    z._default(z.number(), usualProjection.initialD),
    'VeRA and DVoRA: where every element of the trained vector d begins; b begins with zeros.',
  ),
  saveProjection: described(
    z._default(z.boolean(), usualProjection.saveProjection),
    'VeRA and DVoRA: the shared matrices are in the file of the adapter. false: a smaller file, whose reader draws them again.',
  ),
  detachNorm: described(
    z._default(z.boolean(), true),
    "DoRA's norm is a constant of the backward pass, as in the paper's experiments and in PEFT. false: the gradient goes through it, at the price of three more products of the rank with each adapted weight a micro-batch.",
  ),
  magnitudeOnly: described(
    z._default(z.array(z.string()), []),
    "DoRA: modules with a trained magnitude and no low-rank update, as in the paper's Table 6, by the end of their names; they stand beside those of targets.",
  ),
  initialRank: described(
    z.optional(positive),
    'AdaLoRA: rank of every module at the start; 1.5 times the rank when left out. The rank is what a module has at the end, on average.',
  ),
  tinit: described(z._default(count, 0), 'AdaLoRA: steps before ranks begin to fall.'),
  tfinal: described(z._default(count, 0), 'AdaLoRA: steps at the end in which ranks stay.'),
  interval: described(z._default(positive, 1), 'AdaLoRA: steps between two masks.'),
  sensitivityBeta: described(
    z._default(smoothing, 0.85),
    "AdaLoRA: decay rate of the importance's average.",
  ),
  uncertaintyBeta: described(
    z._default(smoothing, 0.85),
    "AdaLoRA: decay rate of the average of the importance's uncertainty.",
  ),
  orthogonalWeight: described(
    z._default(z.number().check(z.nonnegative()), 0.5),
    'AdaLoRA: weight of the term that keeps its matrices orthogonal. The loss is shown without it.',
  ),
  init: described(
    z._default(z.enum(['default', 'gaussian', 'orthogonal', 'pissa']), 'default'),
    'How a fresh A and B begin. default: A uniform in +-1/sqrt(inputs), B zero. gaussian: A normal of deviation 1/rank, B zero. orthogonal: both of an orthogonal matrix, so that B A is zero though neither is; the rank is even. pissa (arXiv 2404.02948): with the principal singular directions of each weight, which keeps the rest; it wants a dropout of 0, and the saved adapter has twice the rank, so that it fits the whole weight.',
  ),
  alsoTrain: described(
    z._default(z.array(z.enum(['norms', 'biases', 'embeddings', 'head'])), []),
    "Parts of the model itself that are trained beside the adapter and saved in it, as PEFT's modules_to_save and bias: norms, biases, embeddings, head.",
  ),
  loraPlusRatio: described(
    z._default(z.number().check(z.positive()), 1),
    "LoRA+ (arXiv 2402.12354): the learning rate of every B is so many times that of A; its authors recommend 16 with a lower learning rate. 1: the same for both, as in DoRA's experiments.",
  ),
  magnitudeLearningRate: described(
    z.optional(z.number().check(z.nonnegative())),
    "Highest learning rate of DoRA's magnitudes, on the schedule of the others; training.learningRate when left out. 0 keeps them as they are.",
  ),
  initialAdapter: described(
    z.optional(z.string()),
    'A PEFT adapter folder to continue from instead of a fresh start.',
  ),
});

/** Block sizes that bitsandbytes has. */
export const blockSizes = [32, 64, 128, 256, 512, 1024, 2048, 4096] as const;

export const usualQuantization = { blockSize: 64, double: false } as const;

const quantizationSettings = z.strictObject({
  blockSize: described(
    z._default(z.literal(blockSizes), usualQuantization.blockSize),
    'How many weights share a scale: a power of two from 32 to 4096.',
  ),
  double: described(
    z._default(z.boolean(), usualQuantization.double),
    'Double quantisation: scales take 8 bits instead of 32, a weight 4.13 bits instead of 4.5.',
  ),
});

const trainingSettings = z.strictObject({
  batchSize: described(z._default(positive, 16), 'Records a micro-batch.'),
  accumulation: described(z._default(positive, 1), 'Micro-batches a step.'),
  epochs: described(
    z.optional(z.number().check(z.positive())),
    'Passes over the data; 3 when neither is set.',
  ),
  steps: described(z.optional(positive), 'Optimizer steps, instead of epochs.'),
  learningRate: described(
    z._default(z.number().check(z.nonnegative()), 2e-4),
    'Highest learning rate. The papers take 1e-4 to 4e-4 for LoRA and DoRA, and ten times as much (4e-3) for VeRA and DVoRA.',
  ),
  schedule: described(
    z._default(z.enum(['linear', 'cosine', 'constant']), 'linear'),
    'After the warm-up.',
  ),
  warmupSteps: described(z.optional(count), 'Steps from 0 up to the learning rate.'),
  warmupRatio: described(
    z.optional(fraction),
    'Warm-up as a part of all steps, instead of warmupSteps.',
  ),
  weightDecay: described(
    z._default(z.number().check(z.nonnegative()), 0),
    'Decoupled, on every trained tensor.',
  ),
  beta1: described(z._default(fraction, 0.9), "AdamW's first decay rate."),
  beta2: described(z._default(fraction, 0.999), "AdamW's second decay rate."),
  epsilon: described(z._default(z.number().check(z.positive()), 1e-8), "AdamW's epsilon."),
  optimizer: described(
    z._default(z.enum(['adamw', 'adamw8bit']), 'adamw'),
    'adamw8bit keeps the two moments in 8 bits as bitsandbytes does: a quarter of their memory, the same learning rate.',
  ),
  ema: described(
    z._default(fraction, 0),
    'Decay of a moving average of what is trained, such as 0.99; 0: none. Checkpoints hold the average, and slopes, validation, samples and tasks measure it; training goes on from the values themselves.',
  ),
  clipNorm: described(
    z._default(z.number().check(z.nonnegative()), 1),
    'Largest gradient norm; 0: no clipping.',
  ),
  seed: described(z._default(count, 0), 'Decides order, split, fresh adapters and dropout.'),
  activationCheckpointing: described(
    z._default(z.boolean(), false),
    'Less memory: activations are computed a second time in the backward pass.',
  ),
  baseWeights: described(
    z._default(z.enum(['stored', 'f32']), 'stored'),
    'On a processor, weights that nobody trains: stored, as they lie in their files, or f32, with the same result but for rounding. 16 bits take half the memory. Processors with tile units for bf16 (AMX) multiply them twice as fast as f32; others widen them in each product, in a step that is about 5 % longer. A GPU always has them as stored.',
  ),
  whenMemoryIsShort: described(
    z._default(z.enum(['refuse', 'shrink']), 'refuse'),
    'What a run does that needs more memory than is free. shrink: weights that nobody trains as they lie in their files, then smaller micro-batches, more of them a step; where that is not enough, activations are computed a second time. The steps stay the same.',
  ),
});

const judgeSettings = z.strictObject({
  url: described(
    z.string(),
    'Base URL of an OpenAI-compatible endpoint, such as http://localhost:8000/v1. Its key is read from the environment variable ADAPTER_LAB_JUDGE_KEY, or else OPENAI_API_KEY, and never belongs into this file.',
  ),
  model: described(
    z.string().check(z.minLength(1)),
    "The judge's model, as the endpoint calls it.",
  ),
});

const evaluationSettings = z.strictObject({
  tasks: described(
    z._default(z.array(z.string()), []),
    'Tasks to evaluate on; a folder each in `data`.',
  ),
  data: described(z._default(z.string(), 'data'), "Folder of the tasks' test files."),
  limit: described(z._default(count, 0), 'Only the first so many questions; 0: all.'),
  at: described(z._default(z.enum(['end', 'checkpoints']), 'end'), 'When tasks are evaluated.'),
  judge: described(
    z.optional(judgeSettings),
    'Who grades the answers of judged tasks, such as MT-Bench. Without one, or where it cannot be reached, the answers are kept and can be judged later.',
  ),
});

const sampleSettings = z.strictObject({
  prompts: described(
    z._default(z.array(z.string().check(z.minLength(1))), []),
    "Requests that the model answers at each checkpoint, in the data's template.",
  ),
  records: described(
    z._default(count, 2),
    'Without prompts: so many records are asked, the first of the validation set if there is one.',
  ),
  maxNewTokens: described(z._default(positive, 32), 'Longest answer, in tokens.'),
});

const settingsShape = {
  name: described(
    z.string().check(z.minLength(1)),
    'Name of the experiment, shown in the sidebar.',
  ),
  model: described(
    z.string().check(z.minLength(1)),
    'Hugging Face model folder, relative to this file.',
  ),
  data: described(dataSettings, 'What to train on.'),
  method: described(z._default(z.enum(methods), 'dora'), 'How the model is trained.'),
  train: described(
    z._default(z.array(z.enum(trainableParts)).check(z.minLength(1)), ['linears']),
    'What full fine-tuning trains.',
  ),
  adapter: described(z.prefault(adapterSettings, {}), 'The adapter of all methods but full.'),
  quantization: described(
    z.prefault(quantizationSettings, {}),
    'How qlora and qdora quantise the linear modules of the base, to 4-bit NormalFloat.',
  ),
  training: described(z.prefault(trainingSettings, {}), 'How long and how fast.'),
  evaluation: described(z.prefault(evaluationSettings, {}), 'Accuracy by task.'),
  checkpoints: described(
    z.prefault(
      z.strictObject({
        every: described(z._default(count, 50), 'Steps between checkpoints; 0: only at the end.'),
        keep: described(z._default(positive, 3), 'How many are kept.'),
      }),
      {},
    ),
    'Saved states to resume from and to use.',
  ),
  diagnostics: described(
    z.prefault(
      z.strictObject({
        every: described(
          z._default(count, 50),
          'Steps between slope measurements; 0: only at checkpoints.',
        ),
        profile: described(
          z._default(z.int().check(z.gte(0), z.lte(100)), 0),
          'Steps to profile, from the second on: where their time goes is in the run\'s "profile" folder.',
        ),
      }),
      {},
    ),
    'Magnitude and direction slopes, and profiles.',
  ),
  samples: described(
    z.prefault(sampleSettings, {}),
    'What the model writes before training and at each checkpoint.',
  ),
  device: described(z._default(z.enum(['auto', 'cpu', 'cuda']), 'auto'), 'Where to train.'),
  gpu: described(
    z._default(z.int().check(z.gte(-1)), -1),
    'Number of the GPU; -1: the one with the most free memory.',
  ),
  threads: described(z._default(count, 0), 'Processor threads; 0: all.'),
};

/** Every setting of one run. */
export const experimentSettings = z.strictObject(settingsShape);
export type ExperimentSettings = z.infer<typeof experimentSettings>;

/** NAME.experiment.json: the settings, and a grid of settings to vary. */
export const experimentFile = z.strictObject({
  $schema: described(z.optional(z.string()), 'Ignored.'),
  ...settingsShape,
  grid: described(
    z._default(z.record(z.string(), z.array(z.unknown()).check(z.minLength(1))), {}),
    'Dotted setting to values; the runs are the product. Settings that vary together share an entry: "method, training.learningRate": [["lora", 3e-4], ["dora", 1e-4]].',
  ),
});

/** AdaLoRA's rank of every module at the start. */
export function initialRankOf({
  initialRank,
  rank,
}: Pick<ExperimentSettings['adapter'], 'initialRank' | 'rank'>): number {
  return initialRank ?? Math.round(1.5 * rank);
}

/** alpha / rank of the settings' own rank. */
export function alphaOf(adapter: ExperimentSettings['adapter']): number {
  return adapter.alpha ?? 2 * adapter.rank;
}

/** How the run's base is quantised; undefined where it is not. */
export function quantizationOf({
  method,
  quantization,
}: Pick<ExperimentSettings, 'method' | 'quantization'>): Quantization | undefined {
  return isQuantized(method) ? quantization : undefined;
}
