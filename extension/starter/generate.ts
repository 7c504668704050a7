// Makes what the starter experiment is made of: `npx tsx extension/starter/generate.ts` writes the tasks to
// media/starter/data, and to build/starter the pre-training text and an untrained model with its tokenizer.
// pretrain.ts goes on from there.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeSafetensors } from '../model/safetensorsWriter';
import { mediaFolder, scratchFolder, untrainedFolder } from './places';
import { Random } from './random';
import { makeRecords, tasks } from './tasks';
import { writeTexts } from './texts';
import { configFile, untrainedTensors } from './untrained';
import { beginToken, endToken, learnMerges, tokenizerFile } from './vocabulary';
import { makeWorld, type World } from './world';

const textCount = 26_000;
/** Rarer pairs are not joined: every word of the world becomes one token. */
const leastPairCount = 20;

async function generate(): Promise<void> {
  const world = makeWorld(new Random(1));
  writeTasks(world);
  const texts = writeTexts(new Random(2), world, textCount);
  writeJson(
    join(scratchFolder, 'texts.json'),
    texts.map((text) => ({ text })),
  );
  await writeUntrainedModel(texts);
}

function writeTasks(world: World): void {
  for (const [index, task] of tasks.entries()) {
    const random = new Random(10 + index);
    const folder = join(mediaFolder, 'data', task.name);
    const train = makeRecords(random, task, world.trained);
    const test = makeRecords(random, task, world.heldOut);
    writeJson(join(folder, 'train.json'), train);
    writeJson(join(folder, 'test.json'), test);
    writeJson(join(folder, 'task.json'), { template: 'paper', pattern: task.answers.join('|') });
  }
}

async function writeUntrainedModel(texts: string[]): Promise<void> {
  const tokenizer = tokenizerFile(learnMerges(texts, leastPairCount));
  const size = Object.keys(tokenizer.model.vocab).length;
  writeJson(join(untrainedFolder, 'tokenizer.json'), tokenizer);
  writeJson(join(untrainedFolder, 'tokenizer_config.json'), {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: beginToken,
    eos_token: endToken,
    model_max_length: 512,
    clean_up_tokenization_spaces: false,
  });
  writeJson(join(untrainedFolder, 'config.json'), configFile(size));
  const tensors = untrainedTensors(new Random(3), size);
  await writeSafetensors(join(untrainedFolder, 'model.safetensors'), tensors, { format: 'pt' });
}

function writeJson(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, null, 1)}\n`);
}

void generate();
