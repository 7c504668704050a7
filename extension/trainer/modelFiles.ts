// The small files of a model folder, copied beside weights that were written in another dtype.
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { companionFiles, type ModelFolder } from '../model/folder';
import { biasSettings } from '../model/ownBiases';
import type { DType } from '../shared/engineTypes';

const torchNames: Record<DType, string> = { f32: 'float32', f16: 'float16', bf16: 'bfloat16' };

/** config.json, tokenizer and the like; the configuration names `dtype`, by which transformers loads. */
export async function copyModelFiles(
  { path, shape, config: model }: ModelFolder,
  target: string,
  dtype: DType,
): Promise<void> {
  for (const name of companionFiles(path)) {
    if (name === 'config.json') continue;
    await copyFile(join(path, name), join(target, name));
  }
  const text = await readFile(join(path, 'config.json'), 'utf8');
  const config = JSON.parse(text) as Record<string, unknown>;
  // transformers 4 and 5 name it differently.
  const key = 'dtype' in config ? 'dtype' : 'torch_dtype';
  const changed = { ...config, [key]: torchNames[dtype], ...biasSettings(model) };
  // An adapter may have given it biases, or a head of its own.
  if (!shape.tiedHead && config.tie_word_embeddings === true) changed.tie_word_embeddings = false;
  // What is written is not quantised, whatever the folder was.
  delete changed.quantization_config;
  await writeFile(join(target, 'config.json'), `${JSON.stringify(changed, null, 2)}\n`, {
    flush: true,
  });
}
