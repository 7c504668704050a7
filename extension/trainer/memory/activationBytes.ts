// The height that the activation stacks reach in one training step and in one round of generation, by walking
// through them as native/model/loss.cc and native/generate/ do.
import type { LinearKind } from '../../model/architecture';
import type { ModelLayout } from '../../model/layout';
import type { AdapterModule, EngineSpec } from '../addon';
import type { Quantization } from '../../shared/engineTypes';
import { ArenaModel } from './arenaModel';
import {
  layerBackward,
  layerForward,
  layerGains,
  type LayerParts,
  type LayerRows,
  type Stacks,
} from './layerPasses';
import type { PackedSize } from './packedSize';
import { bytesOfActivation, type TensorPlace } from './tensorPlace';

export interface TrainedModel {
  layout: ModelLayout;
  adapters: readonly AdapterModule[];
  trainedTensors: readonly string[];
  /** Undefined: the base is not quantised. */
  quantization: Quantization | undefined;
  activationCheckpointing: boolean;
  /** As the engine is told. */
  keepsStored: boolean;
  /** What is kept of each trained tensor beside value and gradient. */
  states: Pick<EngineSpec, 'eightBitMoments' | 'averages'>;
  detachNorm: boolean;
}

export interface GenerationSize {
  prompts: number;
  promptTokens: number;
  beams: number;
  newTokens: number;
}

export interface ActivationBytes {
  saved: number;
  scratch: number;
  /** Of the scratch: logits of one chunk of tokens. */
  logits: number;
  /** Keys and gradients that attention keeps beside the stacks; cached keys and values of a generation. */
  attention: number;
}

const floatBytes = 4;
/** native/model/loss.cc: 32 MB of logits at a time, between 16 and 1024 rows. */
const logitFloats = 8 * 2 ** 20;
const fewestLogitRows = 16;
const mostLogitRows = 1024;
/** native/analysis/slopes.cc */
const slopeRows = 256;
/** native/cpu/attention_blocks.h */
const attentionBlock = 32;
/** native/generate/cached_prompt.h */
const promptRows = 256;
/** native/generate/logits.h */
const chosenRowsAtOnce = 64;
const logitPadding = 16;
/** native/ops/ops.h */
const cacheBlock = 32;

export function trainingBytes(
  model: TrainedModel,
  batch: PackedSize,
  place: TensorPlace,
): ActivationBytes {
  const stacks = emptyStacks(place);
  const { hidden, vocabulary } = model.layout.shape;
  const { places, rows, counted } = batch;
  const layers = layersOf(model, place);
  const isCut = counted < rows;
  // Of a run's micro-batches another may share more than the largest, which may share nothing.
  const mayShare = batch.texts > 1;
  const rowsOf = (layer: number): LayerRows => {
    return { rows, places, ends: layer === layers.length - 1 ? counted : rows, mayShare };
  };
  const isRecomputed = (layer: number): boolean =>
    model.activationCheckpointing && rowsOf(layer).ends === rows;
  stacks.saved.take(rows, hidden);
  for (const layer of layers) layerGains(stacks.scratch, layer);
  for (const [index, layer] of layers.entries()) {
    if (isRecomputed(index)) {
      stacks.saved.take(rows, hidden);
      stacks.saved.scope(() => {
        layerForward(stacks, rowsOf(index), layer, { keep: false, training: true });
      });
    } else layerForward(stacks, rowsOf(index), layer, { keep: true, training: true });
  }
  stacks.saved.take(rows, hidden);
  if (isCut) stacks.saved.take(counted, hidden);
  stacks.saved.takeFloats(counted, 1);
  const logits = headLoss(stacks.scratch, batch, { hidden, vocabulary });
  const first = firstTrainedLayer(model);
  for (const [index, layer] of layers.entries()) {
    if (index < first) continue;
    stacks.saved.scope(() => {
      if (isRecomputed(index))
        layerForward(stacks, rowsOf(index), layer, { keep: true, training: true });
      layerBackward(stacks, rowsOf(index), layer);
    });
  }
  measureSlopes(stacks.scratch, model);
  // A device's kernels keep nothing beside the stacks.
  const attention = place.isHost ? attentionFloats(model, batch) * floatBytes : 0;
  return bytesOf(stacks, logits, attention);
}

export function generationBytes(
  model: TrainedModel,
  size: GenerationSize,
  place: TensorPlace,
): ActivationBytes {
  const stacks = emptyStacks(place);
  const { hidden, vocabulary } = model.layout.shape;
  const { prompts, promptTokens, beams } = size;
  const lines = prompts * beams;
  const rows = Math.min(promptTokens, promptRows) + lines;
  stacks.saved.take(lines, hidden);
  stacks.saved.scope(() => {
    stacks.saved.take(rows, hidden);
    const layers = layersOf(model, place);
    for (const layer of layers) layerGains(stacks.scratch, layer);
    for (const layer of layers) {
      stacks.saved.scope(() => {
        // The last layer, which ends with some of the rows, takes less.
        const all = { rows, places: rows, ends: rows, mayShare: false };
        layerForward(stacks, all, layer, { keep: false, training: false });
      });
    }
  });
  const chosenRows = Math.min(chosenRowsAtOnce, lines);
  stacks.scratch.scope(() => {
    stacks.scratch.takeFloats(chosenRows, vocabulary + logitPadding);
    stacks.scratch.take(chosenRows, hidden);
  });
  return bytesOf(stacks, chosenRows * vocabulary * floatBytes, cacheBytes(model, size));
}

/** Blocks of keys and values, were no beam ever to continue the same text as another. */
function cacheBytes({ layout }: TrainedModel, size: GenerationSize): number {
  const { layers, kvHeads, headDim } = layout.shape;
  const { prompts, promptTokens, beams, newTokens } = size;
  const places = promptTokens / Math.max(1, prompts) + beams * newTokens;
  const blocks = prompts * Math.ceil(places / cacheBlock);
  return blocks * layers * 2 * kvHeads * headDim * cacheBlock * floatBytes;
}

/** Both, one after the other in the same memory: each stack stays as high as it ever was. */
export function highest(parts: readonly ActivationBytes[]): ActivationBytes {
  const most = (part: keyof ActivationBytes): number =>
    Math.max(0, ...parts.map((one) => one[part]));
  return {
    saved: most('saved'),
    scratch: most('scratch'),
    logits: most('logits'),
    attention: most('attention'),
  };
}

/** Bytes of the logits' chunk. */
function headLoss(
  scratch: ArenaModel,
  { counted }: PackedSize,
  { hidden, vocabulary }: { hidden: number; vocabulary: number },
): number {
  if (counted === 0) return 0;
  const most = Math.min(
    mostLogitRows,
    Math.max(fewestLogitRows, Math.floor(logitFloats / vocabulary)),
  );
  const chunks = Math.ceil(counted / most);
  const chunkRows = Math.ceil(counted / chunks);
  scratch.scope(() => {
    for (const cols of [hidden, hidden, hidden]) scratch.take(counted, cols);
    scratch.takeFloats(counted, 1);
    scratch.takeFloats(chunkRows, vocabulary);
    // The gradient takes the logits' place where that is large enough.
    if (chunkRows * vocabulary < counted * hidden) scratch.take(counted, hidden);
  });
  return chunkRows * vocabulary * floatBytes;
}

/** Blocks of rows of the widest module: an adapter's product, or base, difference and a row for a trained weight. */
function measureSlopes(
  scratch: ArenaModel,
  { layout, adapters, trainedTensors }: TrainedModel,
): void {
  const adapted = new Map(adapters.map((adapter) => [adapter.name, adapter]));
  const trained = new Set(trainedTensors);
  for (const { name, in: columns, out } of layout.linears) {
    const own = adapted.get(name);
    // PiSSA's weight is put together again beside the product.
    const isPair = own?.principal ?? trained.has(`${name}.weight`);
    const blocks = isPair ? 2 : own === undefined ? 0 : 1;
    scratch.scope(() => {
      for (let block = 0; block < blocks; block += 1)
        scratch.takeFloats(Math.min(slopeRows, out), columns);
      if (own?.kind === 'vera') scratch.takeFloats(Math.min(slopeRows, out), own.rank);
      if (own === undefined && blocks === 2) scratch.takeFloats(1, columns);
    });
  }
}

/** Keys (and values) turned over by blocks, and the gradients of each head where heads share keys. */
function attentionFloats({ layout }: TrainedModel, { places, texts }: PackedSize): number {
  const { heads, kvHeads, headDim } = layout.shape;
  // Each text ends with a block that is half empty on average.
  const blocks = Math.ceil(places / attentionBlock + texts / 2);
  const panels = blocks * kvHeads * headDim * attentionBlock;
  return 2 * (panels + (heads > kvHeads ? places * heads * headDim : 0));
}

function emptyStacks(place: TensorPlace): Stacks {
  const bytes = bytesOfActivation(place);
  return { saved: new ArenaModel(bytes), scratch: new ArenaModel(bytes) };
}

/** Whether all weights are f32 (native/model/transformer.cc, load()): with PiSSA, which changes them, wherever they lie. */
export function isWide(
  { quantization, adapters, keepsStored }: TrainedModel,
  { activations }: TensorPlace,
): boolean {
  if (quantization !== undefined) return false;
  const isChanged = adapters.some(({ principal }) => principal === true);
  return isChanged || (activations === 'f32' && !keepsStored);
}

function layersOf(model: TrainedModel, place: TensorPlace): LayerParts[] {
  const { layout, adapters, detachNorm } = model;
  const { shape, linears, config } = layout;
  const isNarrow = !isWide(model, place);
  const adapterOf = new Map(adapters.map((adapter) => [adapter.name, adapter]));
  return Array.from({ length: shape.layers }, (_, index): LayerParts => {
    const own = linears.filter(({ layer }) => layer === index);
    const adapted = own.flatMap(({ name, kind }): [LinearKind, AdapterModule][] => {
      const adapter = adapterOf.get(name);
      return adapter === undefined ? [] : [[kind, adapter]];
    });
    return {
      shape,
      linears: new Map(own.map((linear) => [linear.kind, linear])),
      adapters: new Map(adapted),
      headNorms: config.headNorms,
      biases: config.biases,
      isNarrow,
      isWidened: isNarrow && place.isHost,
      detachNorm,
    };
  });
}

/** The backward pass ends there. */
export function firstTrainedLayer({ layout, adapters, trainedTensors }: TrainedModel): number {
  if (trainedTensors.includes('model.embed_tokens.weight')) return 0;
  const names = [...adapters.map(({ name }) => name), ...trainedTensors];
  const layers = names.flatMap((name) => {
    const layer = /^model\.layers\.(\d+)\./.exec(name)?.[1];
    return layer === undefined ? [] : [Number(layer)];
  });
  return Math.min(layout.shape.layers, ...layers);
}

function bytesOf({ saved, scratch }: Stacks, logits: number, attention: number): ActivationBytes {
  return { saved: saved.peakBytes, scratch: scratch.peakBytes, logits, attention };
}
