// A random model of a few thousand values with a byte-level tokenizer, written by hand: nothing of what is
// tested here writes it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const tinyShape = {
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  vocab_size: 260,
};

export interface Tensor {
  shape: number[];
  values: Float32Array;
}

export function writeTinyModel(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeConfig(folder);
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(byteTokenizer()));
  const tokenizerConfig = { bos_token: '<s>', eos_token: '</s>' };
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(tokenizerConfig));
  writeFileSync(join(folder, 'model.safetensors'), encodeSafetensors(tinyTensors()));
}

export function writeConfig(folder: string, changes: object = {}): void {
  const config = {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    ...tinyShape,
    max_position_embeddings: 512,
    rms_norm_eps: 1e-5,
    rope_theta: 10000,
    hidden_act: 'silu',
    tie_word_embeddings: true,
    bos_token_id: 256,
    eos_token_id: 257,
    torch_dtype: 'float32',
    ...changes,
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config, null, 2));
}

/** By name; norms are one, everything else is small and random. */
export function tinyTensors(): Map<string, Tensor> {
  const { hidden_size: hidden, intermediate_size: inner, vocab_size: vocabulary } = tinyShape;
  const keyValue = (hidden / tinyShape.num_attention_heads) * tinyShape.num_key_value_heads;
  const random = makeRandom(7);
  const tensors = new Map<string, Tensor>();
  const add = (name: string, shape: number[]): void => {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (let i = 0; i < values.length; i += 1) {
      values[i] = name.includes('norm') ? 1 : (random() - 0.5) * 0.3;
    }
    tensors.set(name, { shape, values });
  };
  add('model.embed_tokens.weight', [vocabulary, hidden]);
  for (let layer = 0; layer < tinyShape.num_hidden_layers; layer += 1) {
    const prefix = `model.layers.${layer}`;
    add(`${prefix}.self_attn.q_proj.weight`, [hidden, hidden]);
    add(`${prefix}.self_attn.k_proj.weight`, [keyValue, hidden]);
    add(`${prefix}.self_attn.v_proj.weight`, [keyValue, hidden]);
    add(`${prefix}.self_attn.o_proj.weight`, [hidden, hidden]);
    add(`${prefix}.mlp.gate_proj.weight`, [inner, hidden]);
    add(`${prefix}.mlp.up_proj.weight`, [inner, hidden]);
    add(`${prefix}.mlp.down_proj.weight`, [hidden, inner]);
    add(`${prefix}.input_layernorm.weight`, [hidden]);
    add(`${prefix}.post_attention_layernorm.weight`, [hidden]);
  }
  add('model.norm.weight', [hidden]);
  return tensors;
}

export function encodeSafetensors(tensors: Map<string, Tensor>): Buffer {
  let offset = 0;
  const header: Record<string, object> = {};
  const parts: Buffer[] = [];
  for (const [name, { shape, values }] of tensors) {
    const end = offset + values.byteLength;
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, end] };
    parts.push(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    offset = end;
  }
  return Buffer.concat([encodeHeader(header), ...parts]);
}

/** The length and the JSON of a header, padded to 8 bytes. */
export function encodeHeader(header: object): Buffer {
  const text = JSON.stringify(header);
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8, ' '));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json]);
}

/** Every byte is a token, 256 begins a text and 257 ends it. */
function byteTokenizer(): object {
  const vocabulary = Object.fromEntries(
    byteCharacters().map((character, byte) => [character, byte]),
  );
  const special = (id: number, content: string): object => ({
    ...{ id, content, special: true, normalized: false },
    ...{ single_word: false, lstrip: false, rstrip: false },
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [special(256, '<s>'), special(257, '</s>')],
    normalizer: null,
    pre_tokenizer: {
      type: 'ByteLevel',
      add_prefix_space: false,
      trim_offsets: true,
      use_regex: true,
    },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [],
      special_tokens: { '<s>': { id: '<s>', ids: [256], tokens: ['<s>'] } },
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      ...{ type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null },
      ...{ end_of_word_suffix: null, fuse_unk: false, byte_fallback: false },
      vocab: { ...vocabulary, '<s>': 256, '</s>': 257 },
      merges: [],
    },
  };
}

/** GPT-2's printable character for each byte. */
function byteCharacters(): string[] {
  const isPrintable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(isPrintable(byte) ? byte : next++),
  );
}

/** A linear congruential generator, from 0 to below 1. */
export function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
