// The modules of a LLaMA layer, and what the name of one tells: its type and its layer.

/** The linear modules of a layer, in its order. */
export const moduleTypes = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
] as const;

/** `q_proj` of `model.layers.0.self_attn.q_proj`. */
export function moduleType(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** 0 of `model.layers.0.self_attn.q_proj`; undefined for what stands in no layer. */
export function moduleLayer(name: string): number | undefined {
  const digits = /\.layers\.(\d+)\./.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The types that occur, in the order of a layer, then others by name. */
export function sortedTypes(types: Iterable<string>): string[] {
  const present = new Set(types);
  const known: readonly string[] = moduleTypes;
  const others = [...present].filter((type) => !known.includes(type)).sort();
  return [...known.filter((type) => present.has(type)), ...others];
}
