// What one layer takes of the two activation stacks, tensor by tensor as native/model/layer.cc, linear.cc and
// native/adapters/low_rank.cc take it: change them together.
import { hasBias, type LinearKind, type LinearModule } from '../../model/architecture';
import type { ModelConfig } from '../../model/config';
import type { ModelShape } from '../../shared/engineTypes';
import type { AdapterModule } from '../addon';
import type { ArenaModel } from './arenaModel';
import { keepsGram, keepsProduct } from './keptProducts';

export interface Stacks {
  /** What the backward pass needs. */
  saved: ArenaModel;
  /** What lives inside one function. */
  scratch: ArenaModel;
}

export interface LayerParts {
  shape: ModelShape;
  linears: ReadonlyMap<LinearKind, LinearModule>;
  adapters: ReadonlyMap<LinearKind, AdapterModule>;
  /** Qwen3 normalises each head's query and key. */
  headNorms: boolean;
  biases: ModelConfig['biases'];
  /** W is no f32, and is widened some rows at a time for A's gradient through the norm. */
  isNarrow: boolean;
  /** And where its product with A is needed. */
  isWidened: boolean;
  detachNorm: boolean;
}

/** native/adapters/low_rank.cc, each_wide(), and the processor's weight_product() */
const widenedRows = 256;

/** `keep`: a backward pass follows. Dropout acts in training alone, which is when activations are kept or recomputed. */
export interface PassOptions {
  keep: boolean;
  training: boolean;
}

/** Tokens that are computed, those of all texts, and those that go on after attention (native/model/packing.h). */
export interface LayerRows {
  rows: number;
  places: number;
  ends: number;
  /** Texts may have rows in common: attention reads and writes copies by places (native/model/attention.cc). */
  mayShare: boolean;
}

export function layerForward(
  { saved, scratch }: Stacks,
  { rows, places, ends, mayShare }: LayerRows,
  parts: LayerParts,
  options: PassOptions,
): void {
  const { shape, headNorms } = parts;
  const { hidden, heads, kvHeads, headDim, intermediate } = shape;
  const linear = (kind: LinearKind, rows: number, accumulate: boolean): void => {
    linearForward({ saved, scratch }, { rows, kind, accumulate }, parts, options);
  };
  // project(): queries, keys and values of the normed input.
  saved.takeFloats(rows, 1);
  saved.take(rows, heads * headDim);
  saved.take(rows, kvHeads * headDim);
  saved.take(rows, kvHeads * headDim);
  scratch.scope(() => {
    scratch.take(rows, hidden);
    for (const kind of ['q_proj', 'k_proj', 'v_proj'] as const) linear(kind, rows, false);
  });
  if (headNorms) {
    for (const count of [heads, kvHeads]) {
      saved.take(rows, count * headDim);
      saved.takeFloats(rows * count, 1);
    }
  }
  // Attention's output and log-sum-exp; the residual sums are copies when they are kept.
  saved.take(rows, heads * headDim);
  saved.takeFloats(places, heads);
  if (mayShare) {
    // Queries, keys, values and outputs.
    scratch.scope(() => {
      for (const count of [heads, kvHeads, kvHeads, heads]) scratch.take(places, count * headDim);
    });
  }
  if (ends < rows) {
    saved.take(ends, heads * headDim);
    saved.take(ends, hidden);
  }
  if (options.keep) saved.take(ends, hidden);
  linear('o_proj', ends, true);
  if (options.keep) saved.take(ends, hidden);
  // mlp()
  saved.takeFloats(ends, 1);
  saved.take(ends, intermediate);
  saved.take(ends, intermediate);
  scratch.scope(() => {
    scratch.scope(() => {
      scratch.take(ends, hidden);
      linear('gate_proj', ends, false);
      linear('up_proj', ends, false);
    });
    scratch.take(ends, intermediate);
    linear('down_proj', ends, true);
  });
}

export function layerBackward(
  stacks: Stacks,
  { rows, places, ends, mayShare }: LayerRows,
  parts: LayerParts,
): void {
  const { scratch } = stacks;
  const { hidden, heads, kvHeads, headDim, intermediate } = parts.shape;
  const linear = (kind: LinearKind, rows: number): void => {
    linearBackward(stacks, rows, kind, parts);
  };
  // mlp_backward(): gradients of up and gate, the normed input again and its gradient.
  scratch.scope(() => {
    scratch.take(ends, intermediate);
    scratch.take(ends, intermediate);
    linear('down_proj', ends);
    scratch.take(ends, hidden);
    scratch.take(ends, hidden);
    linear('gate_proj', ends);
    linear('up_proj', ends);
  });
  scratch.scope(() => {
    scratch.take(ends, heads * headDim);
    linear('o_proj', ends);
    if (ends < rows) scratch.take(rows, heads * headDim);
    for (const count of [heads, kvHeads, kvHeads]) scratch.take(rows, count * headDim);
    if (mayShare) {
      // What it reads and what it gives.
      scratch.scope(() => {
        for (const count of [heads, heads, heads, heads, kvHeads, kvHeads, kvHeads, kvHeads])
          scratch.take(places, count * headDim);
      });
    }
    if (parts.headNorms) for (const count of [heads, kvHeads]) scratch.take(rows, count * headDim);
    scratch.take(rows, hidden);
    scratch.take(rows, hidden);
    for (const kind of ['q_proj', 'k_proj', 'v_proj'] as const) linear(kind, rows);
  });
}

/** update_gain() of a layer's modules, before the pass: W A^T and A A^T. */
export function layerGains(
  scratch: ArenaModel,
  { linears, adapters, isWidened }: LayerParts,
): void {
  for (const [kind, adapter] of adapters) {
    const linear = linears.get(kind);
    if (linear === undefined || !adapter.magnitude) continue;
    scratch.scope(() => {
      if (!keepsProduct(adapter, linear)) scratch.takeFloats(linear.out, adapter.rank);
      if (!keepsGram(adapter)) scratch.takeFloats(adapter.rank, adapter.rank);
      // B' = diag(b) B diag(c)
      if (adapter.kind === 'vera') scratch.takeFloats(linear.out, adapter.rank);
      if (isWidened) scratch.takeFloats(Math.min(widenedRows, linear.out), linear.in);
    });
  }
}

function linearForward(
  { saved, scratch }: Stacks,
  { rows, kind, accumulate }: { rows: number; kind: LinearKind; accumulate: boolean },
  { linears, adapters, biases }: LayerParts,
  { keep, training }: PassOptions,
): void {
  const linear = linears.get(kind);
  const adapter = adapters.get(kind);
  if (linear === undefined || adapter === undefined) return;
  // W x + s B z before the gain.
  if (adapter.magnitude && keep && hasBias({ biases }, kind)) saved.take(rows, linear.out);
  saved.take(rows, adapter.rank);
  scratch.scope(() => {
    // What the output tells is not kept, but an output that is added to a sum is computed beside it first.
    if (adapter.magnitude && accumulate) scratch.take(rows, linear.out);
    scratch.scope(() => {
      if (training && adapter.dropout > 0) scratch.take(rows, linear.in);
    });
    if (adapter.kind !== 'lora') scratch.take(rows, adapter.rank);
    // VeRA's product with B before b, where a row may not depend on those beside it.
    if (adapter.kind === 'vera' && !training) scratch.take(rows, linear.out);
  });
}

function linearBackward(
  { scratch }: Stacks,
  rows: number,
  kind: LinearKind,
  { linears, adapters, biases, headNorms, detachNorm, isNarrow }: LayerParts,
): void {
  const linear = linears.get(kind);
  const adapter = adapters.get(kind);
  if (linear === undefined || adapter === undefined) return;
  scratch.scope(() => {
    if (adapter.magnitude && !hasBias({ biases }, kind)) {
      // layer.cc, projected(): the output again.
      const isRotated = (kind === 'q_proj' || kind === 'k_proj') && !headNorms;
      if (isRotated) scratch.take(rows, linear.out);
    }
    if (adapter.magnitude) scratch.take(rows, linear.out);
    if (adapter.magnitude && !detachNorm) {
      // backward_dora(): the magnitude's gradient, W A^T, k B and A A^T.
      scratch.scope(() => {
        scratch.takeFloats(1, linear.out);
        // VeRA's: B', its gradient and B diag(c) as well.
        const more = adapter.kind === 'vera' ? Array<number>(3).fill(linear.out) : [];
        const products = [
          ...(keepsProduct(adapter, linear) ? [] : [linear.out]),
          ...(keepsGram(adapter) ? [] : [adapter.rank]),
        ];
        for (const count of [linear.out, ...products, ...more])
          scratch.takeFloats(count, adapter.rank);
        if (isNarrow && adapter.kind !== 'vera')
          scratch.takeFloats(Math.min(widenedRows, linear.out), linear.in);
      });
    }
    scratch.take(rows, adapter.rank);
    scratch.scope(() => {
      // z diag(c) of VeRA and AdaLoRA, and VeRA's product with B before b.
      if (adapter.kind !== 'lora') scratch.take(rows, adapter.rank);
      if (adapter.kind === 'vera') scratch.take(rows, linear.out);
    });
    if (adapter.dropout > 0) scratch.take(rows, linear.in);
  });
}
