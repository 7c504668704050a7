// adapter-lab loss: the mean loss of a model on a file's records, counted as training counts it.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { sequentialBatches } from '../data/batches';
import { fieldsOfFormat, type DataFormat } from '../data/columns';
import { openDataset, type DatasetSettings } from '../data/dataset';
import type { Examples } from '../data/examples';
import { readRecords } from '../data/records';
import { Failure } from '../shared/failures';
import type { Engine } from '../trainer/addon';
import { openModel } from '../trainer/openModel';
import {
  addEngineOptions,
  collectPairs,
  oneOf,
  openingOptions,
  wholeNumber,
  type EngineWish,
} from './arguments';
import { tell, type Outcome, type OutputOptions } from './output';
import { openProgress, type Progress } from './progress';

const formats = ['instruction', 'chat', 'completion', 'text'] as const;

interface LossOptions extends OutputOptions, EngineWish {
  adapter?: string;
  data: string;
  format?: DataFormat;
  template: string;
  lossOn: 'all' | 'answer';
  maxLength?: number;
  column?: Record<string, string>;
  batchSize: number;
}

export function addLoss(program: Command): void {
  const command = program
    .command('loss')
    .description("measure a model's loss on a file")
    .argument('<model>', 'Hugging Face model folder, or a checkpoint of full fine-tuning')
    .requiredOption('--data <file>', '.json, .jsonl, .csv or .parquet')
    .option('--adapter <folder>', 'PEFT adapter to put on the model')
    .option(
      '--format <format>',
      'instruction, chat, completion or text; from the columns when left out',
      oneOf('--format', formats),
    )
    .option('--template <template>', 'paper, alpaca, chat or a text with {output}', 'paper')
    .option(
      '--loss-on <tokens>',
      'all or answer',
      oneOf('--loss-on', ['all', 'answer'] as const),
      'all',
    )
    .option(
      '--max-length <n>',
      "longer records are cut; the model's own limit when left out",
      wholeNumber('--max-length', 2),
    )
    .option(
      '--column <field=column>',
      "a field's column; may be repeated",
      collectPairs('--column'),
    )
    .option('--batch-size <n>', 'records computed at once', wholeNumber('--batch-size', 1), 8);
  addEngineOptions(command)
    .option('--json', 'print {loss, tokens, records, truncated}')
    .addHelpText(
      'after',
      `
The loss is in nats, the mean over the counted tokens of all records.

Examples:
  adapter-lab loss models/smollm2 --data data/boolq/test.json
  adapter-lab loss models/smollm2 --adapter runs/ID/checkpoints/step-000200 \\
      --data notes.jsonl --format text --json
`,
    )
    .action(async (model: string, options: LossOptions) => {
      await tell(options, () => loss(model, options));
    });
}

async function loss(model: string, options: LossOptions): Promise<Outcome> {
  const { adapter } = options;
  const file = resolve(options.data);
  const format = options.format ?? (await detectFormat(file, options.column ?? {}));
  const opened = await openModel(model, { adapterPath: adapter, ...openingOptions(options) });
  const progress = openProgress();
  try {
    const { folder, tokenizer, engine } = opened;
    const settings = datasetSettings(file, format, options, folder.config.contextLength);
    const { train } = await openDataset(settings, tokenizer, folder.path);
    const { lossSum, tokens } = await sumLoss(engine, train, options.batchSize, progress);
    const { truncated } = train.countsSoFar();
    const mean = lossSum / tokens;
    const cut = truncated === 0 ? '' : `; ${truncated} records were cut off`;
    const text = `loss ${mean.toFixed(6)} over ${tokens} tokens of ${train.length} records${cut}`;
    return { json: { loss: mean, tokens, records: train.length, truncated }, text };
  } finally {
    progress.end();
    await opened.engine.dispose();
  }
}

function datasetSettings(
  file: string,
  format: DataFormat,
  { template, lossOn, maxLength, column }: LossOptions,
  contextLength: number,
): DatasetSettings {
  return {
    train: [file],
    validation: 0,
    format,
    columns: column ?? {},
    template,
    lossOn,
    maxLength: maxLength ?? contextLength,
    seed: 0,
  };
}

/** The format whose first field the file's first record has; instruction, the common one, if none fits. */
async function detectFormat(file: string, columns: Record<string, string>): Promise<DataFormat> {
  if (!existsSync(file)) throw new Failure('file-missing', { file, what: 'the data file' });
  const [record] = await readRecords([file]);
  const has = (field: string): boolean =>
    record !== undefined && Object.hasOwn(record.columns, columns[field] ?? field);
  return formats.find((format) => has(fieldsOfFormat[format][0] ?? '')) ?? 'instruction';
}

async function sumLoss(
  engine: Engine,
  examples: Examples,
  batchSize: number,
  progress: Progress,
): Promise<{ lossSum: number; tokens: number }> {
  const total = Math.ceil(examples.length / batchSize);
  let done = 0;
  let lossSum = 0;
  let tokens = 0;
  for (const batch of sequentialBatches(examples, batchSize)) {
    const part = await engine.loss(batch);
    lossSum += part.lossSum;
    tokens += part.tokens;
    done += 1;
    progress.update('loss', { done, total }, [`loss ${(lossSum / tokens).toFixed(4)}`]);
  }
  return { lossSum, tokens };
}
