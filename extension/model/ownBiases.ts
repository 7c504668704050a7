// A model whose linear modules got biases that its files do not have, and how a configuration says that they are there.
import type { LinearKind, LinearModule } from './architecture';
import type { ModelConfig } from './config';
import type { ModelFolder } from './folder';
import { embeddingModule } from './ownHead';

/** Each of the modules with a bias. Whoever takes this model brings the values of those that were added. */
export function withBiases(folder: ModelFolder, modules: readonly string[]): ModelFolder {
  const added = folder.linears.filter(
    ({ name }) => modules.includes(name) && !(`${name}.bias` in folder.tensors),
  );
  // Any place in a file will do: no value is taken from there.
  const place = folder.tensors[`${embeddingModule}.weight`];
  if (added.length === 0 || place === undefined) return folder;
  const tensors = added.map(({ name, out }) => [`${name}.bias`, { ...place, shape: [out] }]);
  return {
    ...folder,
    config: { ...folder.config, biases: biasesWith(folder.config, added) },
    tensors: { ...folder.tensors, ...(Object.fromEntries(tensors) as ModelFolder['tensors']) },
  };
}

const queryKeyValue: readonly LinearKind[] = ['q_proj', 'k_proj', 'v_proj'];

function biasesWith(
  { biases, family }: ModelConfig,
  added: readonly LinearModule[],
): ModelConfig['biases'] {
  const inAttention = added.some(({ kind }) => queryKeyValue.includes(kind));
  const after = added.some(({ kind }) => kind === 'o_proj');
  const isMlp = added.some(({ kind }) => kind !== 'o_proj' && !queryKeyValue.includes(kind));
  // Their attention_bias is of all four.
  const areOne = family === 'llama' || family === 'qwen3';
  return {
    queryKeyValue: biases.queryKeyValue || inAttention || (areOne && after),
    attentionOutput: biases.attentionOutput || after || (areOne && inAttention),
    feedForward: biases.feedForward || isMlp,
  };
}

/** What config.json has to say of these biases; undefined where the family's has no word for them. */
export function biasSettings({ family, biases }: ModelConfig): Record<string, boolean> | undefined {
  const attention = biases.queryKeyValue && { attention_bias: true };
  switch (family) {
    case 'llama':
      return { ...attention, ...(biases.feedForward && { mlp_bias: true }) };
    case 'qwen3':
      return biases.feedForward ? undefined : { ...attention };
    case 'qwen2':
      return biases.attentionOutput || biases.feedForward ? undefined : {};
    case 'mistral':
      return Object.values(biases).includes(true) ? undefined : {};
  }
}
