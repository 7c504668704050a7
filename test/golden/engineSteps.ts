// What every comparison of training with PEFT does with the engine.
import type { Engine, State } from '../../extension/trainer/addon';
import { counted, pack, type Texts } from './parityCase';

/** The loss over the counted tokens of all micro-batches together; its gradients are added up. */
export async function accumulate(engine: Engine, microBatches: readonly Texts[]): Promise<number> {
  const batches = microBatches.map(pack);
  const tokens = batches.reduce((sum, batch) => sum + counted(batch), 0);
  let loss = 0;
  for (const batch of batches)
    loss += (await engine.accumulate(batch, 1 / tokens, 0)).lossSum / tokens;
  return loss;
}

/** Of every trained parameter, by name. */
export async function readAll(engine: Engine, state: State): Promise<Map<string, Float32Array>> {
  const all = new Map<string, Float32Array>();
  for (const { name } of engine.parameters) all.set(name, await engine.read(state, name));
  return all;
}
