// Hugging Face's names of tensors and modules as llama.cpp has them.

const parts: Readonly<Record<string, string>> = {
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'self_attn.q_norm': 'attn_q_norm',
  'self_attn.k_norm': 'attn_k_norm',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
  input_layernorm: 'attn_norm',
  post_attention_layernorm: 'ffn_norm',
};

const outside: Readonly<Record<string, string>> = {
  'model.embed_tokens': 'token_embd',
  'model.norm': 'output_norm',
  lm_head: 'output',
};

/** `model.layers.3.mlp.up_proj.weight` is `blk.3.ffn_up.weight`. */
export function ggufName(tensor: string): string {
  const [, module = '', kind = ''] = /^(.*)\.(weight|bias)$/.exec(tensor) ?? [];
  const [, layer, part = ''] = /^model\.layers\.(\d+)\.(.*)$/.exec(module) ?? [];
  const name = layer === undefined ? outside[module] : parts[part];
  if (name === undefined) throw new Error(`${tensor} has no name in GGUF`);
  return layer === undefined ? `${name}.${kind}` : `blk.${layer}.${name}.${kind}`;
}
