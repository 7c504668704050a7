// Pre-trains the starter's model with Adapter Lab's own trainer, as a full fine-tuning of the untrained model
// that generate.ts wrote, and stores it in bf16: `npx tsx extension/starter/pretrain.ts`.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTensor, sourceOf } from '../model/readTensor';
import { readHeader } from '../model/safetensorsHeader';
import { writeSafetensors, type TensorToWrite } from '../model/safetensorsWriter';
import { commandLine, mediaFolder, scratchFolder, untrainedFolder } from './places';

const experiment = {
  name: 'starter-pretraining',
  model: 'untrained',
  data: { train: ['texts.json'], format: 'text', maxLength: 128 },
  method: 'full',
  train: ['linears', 'norms', 'embeddings', 'head'],
  training: {
    batchSize: 32,
    epochs: 1,
    learningRate: 3e-3,
    schedule: 'cosine',
    warmupSteps: 50,
    beta2: 0.95,
    weightDecay: 0.01,
    seed: 1,
  },
  checkpoints: { every: 0, keep: 1 },
  diagnostics: { every: 0 },
};

async function pretrain(): Promise<void> {
  const startMs = Date.now();
  const runs = join(scratchFolder, 'runs');
  const file = join(scratchFolder, 'pretrain.experiment.json');
  rmSync(runs, { recursive: true, force: true });
  writeFileSync(file, JSON.stringify(experiment, null, 2));
  const arguments_ = [commandLine, 'train', file, '--runs', runs];
  const { status } = spawnSync(process.execPath, arguments_, { stdio: 'inherit' });
  if (status !== 0) throw new Error('Pre-training did not finish; the reason is above.');
  await storeModel(lastCheckpoint(runs));
  console.log(`Pre-training took ${((Date.now() - startMs) / 60_000).toFixed(1)} minutes.`);
}

function lastCheckpoint(runs: string): string {
  const [run = ''] = readdirSync(runs);
  const checkpoints = join(runs, run, 'checkpoints');
  return join(checkpoints, readdirSync(checkpoints).sort().at(-1) ?? '');
}

/** The checkpoint's weights, half as large. */
async function storeModel(checkpoint: string): Promise<void> {
  const model = join(mediaFolder, 'model');
  mkdirSync(model, { recursive: true });
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    cpSync(join(untrainedFolder, name), join(model, name));
  }
  const header = readHeader(join(checkpoint, 'model.safetensors'));
  const tensors = [...header.tensors].flatMap(([name, { shape }]): TensorToWrite[] => {
    const source = sourceOf(header, name);
    return source ? [{ name, dtype: 'bf16', shape, content: () => readTensor(source) }] : [];
  });
  await writeSafetensors(join(model, 'model.safetensors'), tensors, { format: 'pt' });
}

void pretrain();
