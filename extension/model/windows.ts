// How far back each layer looks. A window of w is the token itself and the w - 1 before it; 0 is everything.
import type { Fields } from './fields';

const defaultWindow = 4096;
const defaultWindowedFrom = 28;

export function windowsOfLayers(fields: Fields, family: string, layers: number): number[] {
  const window = windowOf(fields, family);
  if (family === 'mistral' || window === 0) {
    return new Array<number>(layers).fill(window);
  }
  const types = fields.texts('layer_types');
  if (types === undefined) {
    const from = fields.count('max_window_layers', defaultWindowedFrom, { least: 0 });
    return Array.from({ length: layers }, (_, layer) => (layer >= from ? window : 0));
  }
  if (types.length !== layers) {
    throw fields.refused('layer_types', `must have one entry for each of the ${layers} layers`);
  }
  return types.map((type) => {
    if (type === 'full_attention') return 0;
    if (type === 'sliding_attention') return window;
    throw fields.refused('layer_types', 'must hold "full_attention" and "sliding_attention" only');
  });
}

/** Qwen has the field and a switch beside it; Llama has no window whatever its config says. */
function windowOf(fields: Fields, family: string): number {
  if (family === 'llama') return 0;
  if (family !== 'mistral' && !fields.flag('use_sliding_window', false)) return 0;
  if (fields.raw('sliding_window') === null) return 0;
  return fields.count('sliding_window', defaultWindow);
}
