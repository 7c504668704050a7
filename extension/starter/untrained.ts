// The starter's model before any training: a LLaMA of 1.5 million values, drawn at random.

import type { TensorToWrite } from '../model/safetensorsWriter';
import type { Random } from './random';

const hidden = 160;
const intermediate = 432;
const layers = 5;
const headDim = 32;
const kvHeads = 1;

export function configFile(vocabularySize: number) {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    vocab_size: vocabularySize,
    hidden_size: hidden,
    intermediate_size: intermediate,
    num_hidden_layers: layers,
    num_attention_heads: hidden / headDim,
    num_key_value_heads: kvHeads,
    head_dim: headDim,
    hidden_act: 'silu',
    max_position_embeddings: 512,
    rms_norm_eps: 1e-6,
    rope_theta: 10000,
    attention_bias: false,
    mlp_bias: false,
    tie_word_embeddings: true,
    bos_token_id: 0,
    eos_token_id: 1,
    torch_dtype: 'bfloat16',
  };
}

/** Deviation 1 / sqrt(inputs), less for what is added to the residual stream: transformers' 0.02 learns slowly at this width. */
export function untrainedTensors(random: Random, vocabularySize: number): TensorToWrite[] {
  const weight = (name: string, ...shape: number[]): TensorToWrite => ({
    name,
    dtype: 'f32',
    shape,
    content: () => Promise.resolve(filled(shape, () => deviation(name) * random.normal())),
  });
  const norm = (name: string): TensorToWrite => ({
    name,
    dtype: 'f32',
    shape: [hidden],
    content: () => Promise.resolve(filled([hidden], () => 1)),
  });
  const blocks = Array.from({ length: layers }, (_, layer) => {
    const at = `model.layers.${layer}`;
    return [
      weight(`${at}.self_attn.q_proj.weight`, hidden, hidden),
      weight(`${at}.self_attn.k_proj.weight`, kvHeads * headDim, hidden),
      weight(`${at}.self_attn.v_proj.weight`, kvHeads * headDim, hidden),
      weight(`${at}.self_attn.o_proj.weight`, hidden, hidden),
      weight(`${at}.mlp.gate_proj.weight`, intermediate, hidden),
      weight(`${at}.mlp.up_proj.weight`, intermediate, hidden),
      weight(`${at}.mlp.down_proj.weight`, hidden, intermediate),
      norm(`${at}.input_layernorm.weight`),
      norm(`${at}.post_attention_layernorm.weight`),
    ];
  });
  const embedding = weight('model.embed_tokens.weight', vocabularySize, hidden);
  return [embedding, ...blocks.flat(), norm('model.norm.weight')];
}

function deviation(name: string): number {
  if (name.includes('embed_tokens')) return 0.04;
  if (name.includes('o_proj')) return 1 / Math.sqrt(2 * layers * hidden);
  if (name.includes('down_proj')) return 1 / Math.sqrt(2 * layers * intermediate);
  return 1 / Math.sqrt(hidden);
}

function filled(shape: number[], next: () => number): Float32Array {
  return Float32Array.from({ length: shape.reduce((size, length) => size * length, 1) }, next);
}
