// Model folders: weights and config.json have to agree, and what is wrong is named.
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fingerprintModel } from '../../../extension/model/fingerprint';
import { readModelFolder } from '../../../extension/model/folder';
import { readTensor } from '../../../extension/model/readTensor';
import { readHeader } from '../../../extension/model/safetensorsHeader';
import { writeSafetensors, type TensorToWrite } from '../../../extension/model/safetensorsWriter';
import {
  changeConfig,
  copyOfModel,
  emptyFolder,
  failureOf,
  modelPath,
  readObject,
} from './modelFixture';

/** The weights of a copy, rewritten with other names, more tensors or fewer. */
async function rewrite(
  folder: string,
  change: (tensors: TensorToWrite[]) => TensorToWrite[],
): Promise<void> {
  const file = join(folder, 'model.safetensors');
  const tensors = await Promise.all(
    [...readHeader(file).tensors].map(async ([name, { offsetBytes, format, shape }]) => {
      const dtype = format === 'F32' ? ('f32' as const) : ('bf16' as const);
      const values = await readTensor({ file, offsetBytes, dtype, shape });
      return { name, dtype, shape, content: () => Promise.resolve(values) };
    }),
  );
  await writeSafetensors(file, change(tensors));
}

function extra(name: string, length: number): TensorToWrite {
  const content = () => Promise.resolve(new Float32Array(length));
  return { name, dtype: 'f32', shape: [length], content };
}

test('a folder gives what the engine needs', () => {
  const model = readModelFolder(modelPath('gqa-tied'));
  expect(model.linears).toHaveLength(14);
  expect(model.linears[1]).toEqual({
    name: 'model.layers.0.self_attn.k_proj',
    layer: 0,
    kind: 'k_proj',
    in: 48,
    out: 16,
  });
  expect(model.tensors['model.norm.weight']).toMatchObject({ dtype: 'bf16', shape: [48] });
  expect(Object.keys(model.tensors)).not.toContain('lm_head.weight');
  expect(model.parameters).toBe(40176);
});

test('a model in two files is read as one, biases too', () => {
  const model = readModelFolder(modelPath('all-biases'));
  const files = new Set(Object.values(model.tensors).map(({ file }) => file));
  expect(files.size).toBe(2);
  expect(model.tensors['model.layers.1.mlp.down_proj.bias']).toMatchObject({ shape: [32] });
});

test('names without the first "model." are the same tensors', async () => {
  const folder = copyOfModel('gqa-tied');
  await rewrite(folder, (tensors) =>
    tensors.map((tensor) => ({ ...tensor, name: tensor.name.replace(/^model\./, '') })),
  );
  expect(Object.keys(readModelFolder(folder).tensors)).toContain(
    'model.layers.0.mlp.up_proj.weight',
  );
});

test('derived tables and a tied head are passed over', async () => {
  const folder = copyOfModel('gqa-tied');
  await rewrite(folder, (tensors) => [
    ...tensors,
    extra('model.layers.0.self_attn.rotary_emb.inv_freq', 4),
    extra('lm_head.weight', 3),
  ]);
  expect(Object.keys(readModelFolder(folder).tensors)).not.toContain('lm_head.weight');
});

describe('refused', () => {
  test('a folder that is not there, a file in its place, an empty one', async () => {
    const folder = emptyFolder();
    const missing = join(folder, 'none');
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const sentence = async (path: string): Promise<string> =>
      (await failureOf(() => readModelFolder(path))).message;
    expect(await sentence(missing)).toBe(
      `The model folder is not there: ${missing} does not exist.`,
    );
    expect(await sentence(file)).toMatch(/The model folder .* cannot be read: it is a file/);
    expect(await sentence(folder)).toContain(join(folder, 'config.json'));
  });

  test('no weights, with what is there instead', async () => {
    const folder = copyOfModel('gqa-tied');
    rmSync(join(folder, 'model.safetensors'));
    writeFileSync(join(folder, 'pytorch_model.bin'), '');
    const { message } = await failureOf(() => readModelFolder(folder));
    expect(message).toMatch(/neither model\.safetensors nor .*pytorch_model\.bin cannot be read/);
  });

  test('a missing shard', async () => {
    const folder = copyOfModel('all-biases');
    rmSync(join(folder, 'model-00002-of-00002.safetensors'));
    const { message } = await failureOf(() => readModelFolder(folder));
    expect(message).toMatch(/index\.json names model-00002-of-00002\.safetensors, which is not/);
  });

  test('an index that leads out of the folder, or to the wrong shard', async () => {
    const folder = copyOfModel('all-biases');
    const index = join(folder, 'model.safetensors.index.json');
    const map = readObject(index).weight_map as Record<string, string>;
    writeFileSync(index, JSON.stringify({ weight_map: { ...map, x: '../other.safetensors' } }));
    expect((await failureOf(() => readModelFolder(folder))).message).toMatch(
      /"weight_map" must name/,
    );
    const [first] = Object.values(map);
    const moved = Object.fromEntries(Object.keys(map).map((name) => [name, first]));
    writeFileSync(index, JSON.stringify({ weight_map: moved }));
    expect((await failureOf(() => readModelFolder(folder))).message).toMatch(/lacks the tensor/);
    writeFileSync(index, '{}');
    expect((await failureOf(() => readModelFolder(folder))).message).toMatch(/"weight_map"/);
  });

  test('truncated weights', async () => {
    const folder = copyOfModel('gqa-tied');
    const file = join(folder, 'model.safetensors');
    truncateSync(file, readFileSync(file).length - 10);
    const { message } = await failureOf(() => readModelFolder(folder));
    expect(message).toMatch(/model\.safetensors: tensor .* cut off/);
  });

  test('a missing tensor', async () => {
    const folder = copyOfModel('gqa-tied');
    const gone = 'model.layers.1.mlp.up_proj.weight';
    await rewrite(folder, (tensors) => tensors.filter(({ name }) => name !== gone));
    expect((await failureOf(() => readModelFolder(folder))).message).toContain(`tensor ${gone}.`);
  });

  test('a missing head when it is not tied', async () => {
    const folder = copyOfModel('gqa-tied');
    changeConfig(folder, { tie_word_embeddings: false });
    expect((await failureOf(() => readModelFolder(folder))).message).toMatch(
      /lacks .*lm_head\.weight/,
    );
  });

  test('a wrong shape, with both shapes', async () => {
    const folder = copyOfModel('gqa-tied');
    changeConfig(folder, { intermediate_size: 81 });
    const { message } = await failureOf(() => readModelFolder(folder));
    expect(message).toMatch(/gate_proj\.weight: its shape is \[80, 48\], .* asks for \[81, 48\]/);
  });

  test('a tensor that would change the maths', async () => {
    const folder = copyOfModel('gqa-tied');
    const name = 'model.layers.0.self_attn.q_norm.weight';
    await rewrite(folder, (tensors) => [...tensors, extra(name, 8)]);
    const { message } = await failureOf(() => readModelFolder(folder));
    expect(message).toMatch(/q_norm\.weight: LlamaForCausalLM .* has no such tensor/);
  });

  test('layers beyond those of config.json', async () => {
    const folder = copyOfModel('gqa-tied');
    changeConfig(folder, { num_hidden_layers: 1 });
    const { message } = await failureOf(() => readModelFolder(folder));
    expect(message).toMatch(/model\.layers\.1\..*has no such tensor/);
  });

  test('a format that the engine does not read', async () => {
    const folder = copyOfModel('mha-untied');
    const file = join(folder, 'model.safetensors');
    const text = readFileSync(file).toString('latin1').replaceAll('"F32"', '"I32"');
    writeFileSync(file, text, 'latin1');
    expect((await failureOf(() => readModelFolder(folder))).message).toMatch(/its dtype is I32/);
  });
});

describe('fingerprint', () => {
  test('changes with the weights and with config.json, and with nothing else', async () => {
    const folder = copyOfModel('gqa-tied');
    const before = await fingerprintModel(readModelFolder(folder));
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(await fingerprintModel(readModelFolder(modelPath('gqa-tied')))).toBe(before);
    const file = join(folder, 'model.safetensors');
    const bytes = readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(file, bytes);
    const after = await fingerprintModel(readModelFolder(folder));
    expect(after).not.toBe(before);
    changeConfig(folder, { rms_norm_eps: 2e-6 });
    expect(await fingerprintModel(readModelFolder(folder))).not.toBe(after);
  });
});
