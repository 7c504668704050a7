// What one step computes, from sizes alone: operations of its products (a multiplication and an addition are two) and
// bytes that its elementwise work moves, part by part as native/model/layer.cc, loss.cc and native/adapters have them.
import { trainedShapes } from '../../model/trainedValues';
import { valuesOf } from '../../model/layout';
import type { LinearModule } from '../../model/architecture';
import type { AdapterModule } from '../addon';
import { keepsGram, keepsProduct } from '../memory/keptProducts';
import { firstTrainedLayer, isWide, type TrainedModel } from '../memory/activationBytes';
import type { PackedSize } from '../memory/packedSize';
import { onProcessor } from '../memory/tensorPlace';

export interface StepWork {
  /** Of linear modules, adapters and the head. */
  productOperations: number;
  /** Of them those with weights that lie in bf16. */
  storedOperations: number;
  attentionOperations: number;
  movedBytes: number;
}

const floatBytes = 4;
/** Scores and weighted values forward; five products backward. */
const attentionProducts = { forward: 2, backward: 5 };
/** Floats a token and feature: norms read and write, the residual sum, rotation of queries and keys. */
const normFloats = 3;
const residualFloats = 3;
const rotatedFloats = 2;
const gateFloats = 3;
/** Each product with a 4-bit weight reads it, and writes and reads it as f32 in a small tile. */
const tileFloats = 2.125;
/** The loss of a token reads its logits twice and writes their gradient. */
const logitFloats = 3;
/** DoRA's gain comes with a product; its backward, twice the forward's bytes here, reads two matrices and writes one.
 *  Dropout reads and writes once. */
const gainFloats = 1.5;
const dropoutFloats = 2;
/** AdamW reads value, gradient and moments, and writes all four. */
const updateFloats = 8;

export function stepWork(model: TrainedModel, batch: PackedSize, accumulation: number): StepWork {
  const { layers } = model.layout.shape;
  const first = firstTrainedLayer(model);
  // A pass back computes layers above the first trained one, and with checkpointing their forward again.
  const back = (layers - first) / layers;
  const again = model.activationCheckpointing ? back : 0;
  const forward = forwardWork(model, batch);
  const head = headOperations(model, batch);
  return {
    productOperations:
      accumulation *
        (forward.products * (1 + again + back) + weightGradients(model, batch) + head) +
      normProducts(model),
    storedOperations:
      accumulation *
      (2 * storedProducts(model, batch) * (1 + again + back) +
        (isStored(model, headTable(model)) ? head : 0)),
    attentionOperations:
      accumulation *
      forward.attention *
      (1 + again + (back * attentionProducts.backward) / attentionProducts.forward),
    movedBytes:
      accumulation *
        (forward.bytes * (1 + again + 2 * back) +
          dequantizedBytes(model) * (1 + again + back) +
          lossBytes(model, batch)) +
      updateBytes(model),
  };
}

interface ForwardWork {
  products: number;
  attention: number;
  bytes: number;
}

function forwardWork(model: TrainedModel, batch: PackedSize): ForwardWork {
  const { shape, linears } = model.layout;
  const { layers, hidden, heads, kvHeads, headDim, intermediate } = shape;
  const { places, rows, texts } = batch;
  const base = sumOf(linears, (linear) => rowsOf(linear, model, batch) * linear.in * linear.out);
  const low = sumOf(
    eachAdapted(model),
    ([module, linear]) => rowsOf(linear, model, batch) * lowRank(module, linear).features,
  );
  const lowFloats = sumOf(eachAdapted(model), ([module, linear]) => lowRank(module, linear).floats);
  // The last token of a text of T sees T places, the first one: half of them on average.
  const length = places / Math.max(1, texts);
  const seen = shape.windows.reduce(
    (sum, window) => sum + (window === 0 || window > length ? length / 2 : window),
    0,
  );
  const layerFloats =
    2 * normFloats * hidden +
    2 * residualFloats * hidden +
    rotatedFloats * (heads + kvHeads) * headDim +
    gateFloats * intermediate;
  return {
    products: 2 * (base + low),
    attention: 2 * attentionProducts.forward * places * seen * heads * headDim,
    bytes: floatBytes * rows * (layers * layerFloats + lowFloats),
  };
}

/** Of a linear module: after attention the last layer goes on with the rows that count. */
function rowsOf(
  { layer, kind }: LinearModule,
  { layout }: TrainedModel,
  { rows, counted }: PackedSize,
): number {
  const isBefore = kind === 'q_proj' || kind === 'k_proj' || kind === 'v_proj';
  return layer === layout.shape.layers - 1 && !isBefore ? counted : rows;
}

function sumOf<T>(all: readonly T[], part: (one: T) => number): number {
  return all.reduce((sum, one) => sum + part(one), 0);
}

function eachAdapted({ layout, adapters }: TrainedModel): [AdapterModule, LinearModule][] {
  const linearOf = new Map(layout.linears.map((linear) => [linear.name, linear]));
  return adapters.flatMap((module): [AdapterModule, LinearModule][] => {
    const linear = linearOf.get(module.name);
    return linear === undefined ? [] : [[module, linear]];
  });
}

/** Of one token: weights of both matrices, and floats that gain and dropout move. */
function lowRank(
  { rank, magnitude, dropout }: AdapterModule,
  { in: columns, out }: LinearModule,
): { features: number; floats: number } {
  const gain = magnitude ? gainFloats * out : 0;
  return {
    features: rank * (columns + out),
    floats: gain + (dropout > 0 ? dropoutFloats * columns : 0),
  };
}

/** Each trained matrix has a product of its output's gradient and its input; VeRA trains none. */
function weightGradients(model: TrainedModel, batch: PackedSize): number {
  const trained = new Set(model.trainedTensors);
  const own = sumOf(
    model.layout.linears.filter(({ name }) => trained.has(`${name}.weight`)),
    (linear) => rowsOf(linear, model, batch) * linear.in * linear.out,
  );
  // VeRA's matrices have none, but what b stands before is computed again.
  const low = sumOf(eachAdapted(model), ([module, linear]) => {
    const { features } = lowRank(module, linear);
    const values = module.kind === 'vera' ? module.rank * linear.out : features;
    return rowsOf(linear, model, batch) * values;
  });
  return 2 * (own + low);
}

/** Logits of the rows that count, and the gradient of their input. */
function headOperations(model: TrainedModel, { counted }: PackedSize): number {
  const { hidden, vocabulary } = model.layout.shape;
  const isTrained = model.trainedTensors.includes(headTable(model));
  return 2 * counted * hidden * vocabulary * (isTrained ? 3 : 2);
}

function headTable({ layout }: TrainedModel): string {
  return layout.shape.tiedHead ? 'model.embed_tokens.weight' : 'lm_head.weight';
}

/** As they lie on the processor. */
function isStored(model: TrainedModel, name: string): boolean {
  const { layout, quantization, trainedTensors } = model;
  if (quantization !== undefined && name !== headTable(model)) return false;
  const { dtype = 'bf16' } = layout.tensors[name] ?? {};
  return dtype === 'bf16' && !trainedTensors.includes(name) && !isWide(model, onProcessor);
}

function storedProducts(model: TrainedModel, batch: PackedSize): number {
  return sumOf(
    model.layout.linears.filter(({ name }) => isStored(model, `${name}.weight`)),
    (linear) => rowsOf(linear, model, batch) * linear.in * linear.out,
  );
}

/** Of all weights that a pass multiplies by. */
function dequantizedBytes({ layout, quantization }: TrainedModel): number {
  if (quantization === undefined) return 0;
  const values = layout.linears.reduce((sum, linear) => sum + linear.in * linear.out, 0);
  return floatBytes * tileFloats * values;
}

function lossBytes({ layout }: TrainedModel, { counted }: PackedSize): number {
  return floatBytes * logitFloats * counted * layout.shape.vocabulary;
}

/** DoRA's norms, once a step: W A^T, A A^T and its product with B of every module with a magnitude, less what is kept of
 *  them (native/adapters/low_rank.cc). */
function normProducts(model: TrainedModel): number {
  return eachAdapted(model)
    .filter(([{ magnitude }]) => magnitude)
    .reduce((sum, [module, linear]) => {
      const { rank } = module;
      const product = keepsProduct(module, linear) ? 0 : linear.in * linear.out;
      const gram = keepsGram(module) ? 0 : rank * linear.in;
      return sum + 2 * rank * (product + gram + linear.out * rank);
    }, 0);
}

function updateBytes(model: TrainedModel): number {
  const { adapter, base } = trainedShapes(model, model.layout);
  const values = [...adapter, ...base].reduce((sum, shape) => sum + valuesOf(shape), 0);
  return floatBytes * updateFloats * values;
}
