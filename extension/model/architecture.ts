// Which tensors a model of the LLaMA family has, and which of them are linear modules.
import { moduleTypes } from '../shared/modules';
import type { ModelConfig } from './config';

/** A linear layer, weight (out, in), that can be adapted. */
export interface LinearModule {
  /** E.g. `model.layers.0.self_attn.q_proj`. */
  name: string;
  layer: number;
  /** E.g. `q_proj`. */
  kind: LinearKind;
  in: number;
  out: number;
}

export type LinearKind = (typeof moduleTypes)[number];

export interface ExpectedTensor {
  name: string;
  shape: number[];
}

export function linearModules({ shape }: ModelConfig): LinearModule[] {
  const { hidden, intermediate } = shape;
  const query = shape.heads * shape.headDim;
  const keyValue = shape.kvHeads * shape.headDim;
  const sizes: Record<LinearKind, [part: string, outSize: number, inSize: number]> = {
    q_proj: ['self_attn', query, hidden],
    k_proj: ['self_attn', keyValue, hidden],
    v_proj: ['self_attn', keyValue, hidden],
    o_proj: ['self_attn', hidden, query],
    gate_proj: ['mlp', intermediate, hidden],
    up_proj: ['mlp', intermediate, hidden],
    down_proj: ['mlp', hidden, intermediate],
  };
  const modules: LinearModule[] = [];
  for (let layer = 0; layer < shape.layers; layer += 1) {
    for (const kind of moduleTypes) {
      const [part, outSize, inSize] = sizes[kind];
      const name = `model.layers.${layer}.${part}.${kind}`;
      modules.push({ name, layer, kind, in: inSize, out: outSize });
    }
  }
  return modules;
}

export function expectedTensors(config: ModelConfig): ExpectedTensor[] {
  const { shape } = config;
  const table = [shape.vocabulary, shape.hidden];
  const tensors: ExpectedTensor[] = [{ name: 'model.embed_tokens.weight', shape: table }];
  for (const module of linearModules(config)) {
    tensors.push({ name: `${module.name}.weight`, shape: [module.out, module.in] });
    if (hasBias(config, module.kind)) {
      tensors.push({ name: `${module.name}.bias`, shape: [module.out] });
    }
  }
  for (let layer = 0; layer < shape.layers; layer += 1) {
    tensors.push(...layerNorms(config, `model.layers.${layer}`));
  }
  tensors.push({ name: 'model.norm.weight', shape: [shape.hidden] });
  if (!shape.tiedHead) tensors.push({ name: 'lm_head.weight', shape: table });
  return tensors;
}

function layerNorms({ shape, headNorms }: ModelConfig, layer: string): ExpectedTensor[] {
  const norms = [
    { name: `${layer}.input_layernorm.weight`, shape: [shape.hidden] },
    { name: `${layer}.post_attention_layernorm.weight`, shape: [shape.hidden] },
  ];
  if (!headNorms) return norms;
  return [
    ...norms,
    { name: `${layer}.self_attn.q_norm.weight`, shape: [shape.headDim] },
    { name: `${layer}.self_attn.k_norm.weight`, shape: [shape.headDim] },
  ];
}

export function hasBias({ biases }: Pick<ModelConfig, 'biases'>, kind: LinearKind): boolean {
  if (kind === 'q_proj' || kind === 'k_proj' || kind === 'v_proj') return biases.queryKeyValue;
  return kind === 'o_proj' ? biases.attentionOutput : biases.feedForward;
}
