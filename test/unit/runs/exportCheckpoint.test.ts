import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exportCheckpoint } from '../../../extension/runs/exportCheckpoint';
import { temporaryFolder } from './sampleRun';

const adapterFiles = ['adapter_config.json', 'adapter_model.safetensors'];
const trainerFiles = ['optimizer.safetensors', 'trainer_state.json'];

function checkpoint(names: readonly string[]): { folder: string; out: string } {
  const parent = temporaryFolder();
  const folder = join(parent, 'step-000200');
  mkdirSync(folder);
  for (const name of names) writeFileSync(join(folder, name), `of ${name}`);
  return { folder, out: join(parent, 'out') };
}

it('copies what others load and nothing of the trainer', async () => {
  const { folder, out } = checkpoint([...adapterFiles, ...trainerFiles]);
  const shares: number[] = [];
  const onProgress = ({ bytes, ofBytes }: { bytes: number; ofBytes: number }) =>
    shares.push(bytes / ofBytes);
  expect(await exportCheckpoint(folder, out, { onProgress })).toEqual(adapterFiles);
  expect(readdirSync(out).sort()).toEqual(adapterFiles);
  expect(readFileSync(join(out, 'adapter_config.json'), 'utf8')).toBe('of adapter_config.json');
  expect(shares.at(-1)).toBe(1);
});

it('copies the whole model folder of full fine-tuning', async () => {
  const model = ['config.json', 'model.safetensors', 'tokenizer.json'];
  const { folder, out } = checkpoint([...model, ...trainerFiles]);
  expect(await exportCheckpoint(folder, out)).toEqual(model);
});

it('fills an empty folder and refuses one that holds something', async () => {
  const { folder, out } = checkpoint(adapterFiles);
  mkdirSync(out);
  await exportCheckpoint(folder, out);
  await expect(exportCheckpoint(folder, out)).rejects.toThrow(/exists and is not empty/);
});

it('leaves nothing behind when it is aborted', async () => {
  const { folder, out } = checkpoint(adapterFiles);
  writeFileSync(join(folder, 'adapter_model.safetensors'), Buffer.alloc(8_000_000));
  const controller = new AbortController();
  const copying = exportCheckpoint(folder, out, {
    signal: controller.signal,
    onProgress: () => {
      controller.abort();
    },
  });
  await expect(copying).rejects.toThrow(/abort/i);
  expect(existsSync(out)).toBe(false);
  expect(readdirSync(join(out, '..'))).toEqual(['step-000200']);
});

it('tells of a checkpoint that is gone', async () => {
  const { out } = checkpoint([]);
  await expect(exportCheckpoint(join(out, 'nowhere'), out)).rejects.toThrow(
    /checkpoint is not there/,
  );
  expect(existsSync(out)).toBe(false);
});
