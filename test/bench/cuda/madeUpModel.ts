// Models of published shapes with random weights: speed and memory come from shapes alone.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectedTensors } from '../../../extension/model/architecture';
import { readModelConfig } from '../../../extension/model/config';
import { writeSafetensors, type TensorToWrite } from '../../../extension/model/safetensorsWriter';
import { Random } from '../../../extension/starter/random';

const family = {
  architectures: ['LlamaForCausalLM'],
  ...{ model_type: 'llama', hidden_act: 'silu', torch_dtype: 'bfloat16' },
  ...{ attention_bias: false, mlp_bias: false, tie_word_embeddings: true, rms_norm_eps: 1e-5 },
};

export const shapes = {
  'smollm2-135m': {
    ...{ hidden_size: 576, intermediate_size: 1536, num_hidden_layers: 30, vocab_size: 49152 },
    ...{ num_attention_heads: 9, num_key_value_heads: 3, head_dim: 64 },
    ...{ max_position_embeddings: 8192, rope_theta: 100000 },
  },
  /** Llama-3.2-1B's. */
  '1b': {
    ...{ hidden_size: 2048, intermediate_size: 8192, num_hidden_layers: 16, vocab_size: 128256 },
    ...{ num_attention_heads: 32, num_key_value_heads: 8, head_dim: 64 },
    ...{ max_position_embeddings: 8192, rope_theta: 500000 },
  },
  /** Of a trial on emulated kernels. */
  tiny: {
    ...{ hidden_size: 64, intermediate_size: 128, num_hidden_layers: 2, vocab_size: 2048 },
    ...{ num_attention_heads: 4, num_key_value_heads: 2, head_dim: 16 },
    ...{ max_position_embeddings: 512, rope_theta: 10000 },
  },
};
export type ShapeName = keyof typeof shapes;

/** transformers' initial deviation. */
const deviation = 0.02;
/** A prime number, so that rows of no width are equal. */
const drawnValues = 1_048_573;

/** bf16, with the tokenizer of another model folder. Never more than a block of it is in memory. */
export async function writeMadeUpModel(
  folder: string,
  shape: ShapeName,
  tokenizerFolder: string,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const file of ['tokenizer.json', 'tokenizer_config.json'])
    copyFileSync(join(tokenizerFolder, file), join(folder, file));
  const other = JSON.parse(readFileSync(join(tokenizerFolder, 'config.json'), 'utf8')) as object;
  const { bos_token_id, eos_token_id } = other as Record<string, unknown>;
  const config = { ...family, ...shapes[shape], bos_token_id, eos_token_id };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config, null, 1));
  const random = new Random(0);
  const drawn = Float32Array.from({ length: drawnValues }, () => deviation * random.normal());
  let at = 0;
  /** Where one tensor ends in what is drawn, the next one begins. */
  async function* drawnBlocks(count: number): AsyncGenerator<Float32Array> {
    for (let left = count; left > 0;) {
      const block = drawn.subarray(at, Math.min(drawn.length, at + left));
      yield await Promise.resolve(block);
      left -= block.length;
      at = (at + block.length) % drawn.length;
    }
  }
  const tensors = expectedTensors(readModelConfig(folder)).map(({ name, shape: size }) => {
    const [rows = 1, columns = 1] = size;
    const content: TensorToWrite['content'] =
      size.length === 1
        ? () => Promise.resolve(new Float32Array(rows).fill(1))
        : { blocks: () => drawnBlocks(rows * columns) };
    return { name, dtype: 'bf16' as const, shape: size, content };
  });
  await writeSafetensors(join(folder, 'model.safetensors'), tensors, { format: 'pt' });
}
