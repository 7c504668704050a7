import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exportCheckpoint } from '../../../extension/runs/exportCheckpoint';
import { temporaryFolder } from './sampleRun';

const adapterFiles = ['adapter_config.json', 'adapter_model.safetensors'];
const trainerFiles = ['optimizer.safetensors', 'trainer_state.json'];

function checkpoint(names: readonly string[]): { folder: string; out: string } {
  const parent = temporaryFolder();
  const [folder, out] = [join(parent, 'step-000200'), join(parent, 'out')];
  mkdirSync(folder);
  mkdirSync(out);
  for (const name of names) writeFileSync(join(folder, name), `of ${name}`);
  return { folder, out };
}

it('copies what others load and nothing of the trainer', async () => {
  const { folder, out } = checkpoint([...adapterFiles, ...trainerFiles]);
  const shares: number[] = [];
  const onBytes = (done: number, of: number): number => shares.push(done / of);
  expect(await exportCheckpoint(folder, out, onBytes)).toEqual(adapterFiles);
  expect(readdirSync(out).sort()).toEqual(adapterFiles);
  expect(readFileSync(join(out, 'adapter_config.json'), 'utf8')).toBe('of adapter_config.json');
  expect(shares.at(-1)).toBe(1);
});

it('copies the whole model folder of full fine-tuning', async () => {
  const model = ['config.json', 'model.safetensors', 'tokenizer.json'];
  const { folder, out } = checkpoint([...model, ...trainerFiles]);
  expect(await exportCheckpoint(folder, out)).toEqual(model);
});

it('tells of a checkpoint that is gone', async () => {
  const { out } = checkpoint([]);
  await expect(exportCheckpoint(join(out, 'nowhere'), out)).rejects.toThrow(
    /checkpoint is not there/,
  );
});
