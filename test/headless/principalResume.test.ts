// A PiSSA run goes on with the directions that its checkpoint tells, not with those that this machine would find.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTensor, sourceOf } from '../../extension/model/readTensor';
import { readHeader } from '../../extension/model/safetensorsHeader';
import { peftFiles } from '../../extension/runs/adapterFolder';
import { checkpointName } from '../../extension/runs/checkpoints';
import { runPaths } from '../../extension/runs/runPaths';
import { makeRun, stateOf, trainToEnd, useWorkspace } from './trainerProcess';
import type { Workspace } from './workspace';

const key = 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight';

let workspace: Workspace;
useWorkspace((made) => (workspace = made));

test('a resumed run keeps what the checkpoint began with', async () => {
  const run = makeRun(workspace, {
    method: 'lora',
    data: { train: ['data/train.json'], template: '{instruction} {output}' },
    adapter: { rank: 4, dropout: 0, init: 'pissa' },
    training: { batchSize: 3, steps: 4, learningRate: 1e-3 },
    checkpoints: { every: 2, keep: 2 },
  });
  await trainToEnd(run);
  const [earlier, last] = [2, 4].map((step) =>
    join(runPaths(run).checkpoints, checkpointName(step)),
  ) as [string, string];
  const found = await startOf(last);
  expect(await startOf(earlier)).toEqual(found);
  rmSync(last, { recursive: true });
  const other = found.map((value) => 1.25 * value);
  writeStart(earlier, other);
  await trainToEnd(run);
  expect(stateOf(run)).toBe('done');
  expect(await startOf(last)).toEqual(other);
});

/** What A began with: the lower half of A in the file. */
async function startOf(checkpoint: string): Promise<Float32Array> {
  const source = sourceOf(readHeader(join(checkpoint, peftFiles.tensors)), key);
  if (source === undefined) throw new Error(`no ${key}`);
  const doubled = await readTensor(source);
  return doubled.slice(doubled.length / 2);
}

function writeStart(checkpoint: string, values: Float32Array): void {
  const { file, tensors } = readHeader(join(checkpoint, peftFiles.tensors));
  const { offsetBytes = 0, sizeBytes = 0 } = tensors.get(key) ?? {};
  const bytes = readFileSync(file);
  values.forEach((value, i) => bytes.writeFloatLE(value, offsetBytes + sizeBytes / 2 + 4 * i));
  writeFileSync(file, bytes);
}
