// A model whose head shares the embeddings' weights, as one with a head of its own that begins with them.
import type { ModelFolder } from './folder';

export const embeddingModule = 'model.embed_tokens';
export const headModule = 'lm_head';

const embedding = `${embeddingModule}.weight`;
const head = `${headModule}.weight`;

export function withOwnHead(folder: ModelFolder): ModelFolder {
  const table = folder.tensors[embedding];
  if (!folder.shape.tiedHead || table === undefined) return folder;
  const shape = { ...folder.shape, tiedHead: false };
  return {
    ...folder,
    shape,
    config: { ...folder.config, shape },
    tensors: { ...folder.tensors, [head]: table },
  };
}
