// The plan of the longest micro-batch has room for any other, whatever its texts share and however many of its tokens count.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readModelConfig } from '../../../../extension/model/config';
import { layoutOf } from '../../../../extension/model/layout';
import { parseExperiment } from '../../../../extension/shared/experimentFile';
import {
  trainingBytes,
  type TrainedModel,
} from '../../../../extension/trainer/memory/activationBytes';
import { longestBatch, packedSize } from '../../../../extension/trainer/memory/packedSize';
import { onGpu, onProcessor } from '../../../../extension/trainer/memory/tensorPlace';
import { trainedModel, trainedParts } from '../../../../extension/trainer/trainedParts';

const golden = join(import.meta.dirname, '../../../golden');
const models = ['paper-models/llama-7b', 'models/gqa-tied', 'models/qwen3'];
const texts = 4;
const maxLength = 100;
const tokens = texts * maxLength;

function trained(model: string, activationCheckpointing: boolean): TrainedModel {
  const layout = layoutOf(readModelConfig(join(golden, model)));
  const given = { method: 'lora', adapter: { rank: 8 }, training: { activationCheckpointing } };
  const experiment = { name: 'a', model: 'm', data: { train: ['a.json'] }, ...given };
  const [run] = parseExperiment(JSON.stringify(experiment), 'a').runs;
  if (run === undefined) throw new Error('no run');
  const parts = trainedParts(run.settings, layout, () => ({ file: 'a' }));
  return trainedModel(run.settings, layout, parts);
}

const kinds = models.flatMap((model) =>
  [false, true].map((checkpointing) => ({ model, checkpointing })),
);

test.each(kinds)('$model, checkpointing: $checkpointing', ({ model, checkpointing }) => {
  const run = trained(model, checkpointing);
  for (const place of [onGpu, onProcessor])
    for (const lossOn of ['all', 'answer'] as const) {
      const plan = trainingBytes(run, longestBatch(texts, { maxLength, lossOn }), place);
      for (const saved of [0, 25, 60, 150, 290]) {
        const all = packedSize({ tokens, counted: tokens, texts }, saved);
        const counts = lossOn === 'all' ? [all.rows] : [all.rows, all.rows - 1, all.rows / 2, 1];
        for (const counted of counts) {
          const bytes = trainingBytes(run, { ...all, counted }, place);
          const which = `${lossOn}, ${saved} saved, ${counted} counted`;
          expect(bytes.saved, which).toBeLessThanOrEqual(plan.saved);
          expect(bytes.scratch, which).toBeLessThanOrEqual(plan.scratch);
          expect(bytes.attention, which).toBeLessThanOrEqual(plan.attention);
        }
      }
    }
});
