// An experiment's data: read, checked and ready to be tokenised.
import { readChatTemplate } from '../model/chatTemplate';
import type { TokenizerFolder } from '../model/tokenizer';
import { Failure } from '../shared/failures';
import type { DataFormat } from './columns';
import { Examples } from './examples';
import { split } from './order';
import { readRecords, type DataRecord } from './records';
import { createRenderer } from './render';

/** The experiment's `data` with paths resolved. */
export interface DatasetSettings {
  train: string[];
  /** A file, or so many records of the training files; 0 for none. */
  validation: string | number;
  format: DataFormat;
  columns: Record<string, string>;
  template: string;
  lossOn: 'all' | 'answer';
  maxLength: number;
  seed: number;
}

export interface Dataset {
  train: Examples;
  validation: Examples | undefined;
}

/** `modelFolder` is where the chat template is, if one is needed. */
export async function openDataset(
  settings: DatasetSettings,
  tokens: TokenizerFolder,
  modelFolder: string,
): Promise<Dataset> {
  const { tokenizer, eosId } = tokens;
  const chat = () => readChatTemplate(modelFolder, tokenizer.special);
  const renderer = createRenderer(settings, chat);
  const { lossOn, maxLength } = settings;
  const examplesOf = (records: DataRecord[]): Examples => {
    const examples = new Examples(records, { renderer, tokenizer, eosId, lossOn, maxLength });
    examples.check();
    return examples;
  };
  const { training, validation } = await readParts(settings);
  return {
    train: examplesOf(training),
    validation: validation.length === 0 ? undefined : examplesOf(validation),
  };
}

async function readParts(
  settings: DatasetSettings,
): Promise<{ training: DataRecord[]; validation: DataRecord[] }> {
  const { train, validation, seed } = settings;
  const records = await readRecords(train);
  if (typeof validation === 'string') {
    return { training: records, validation: await readRecords([validation]) };
  }
  if (validation >= records.length) {
    throw new Failure('validation-too-large', { validation, records: records.length });
  }
  const parts = split(records.length, validation, seed);
  const pick = (indices: number[]): DataRecord[] => indices.flatMap((i) => records[i] ?? []);
  return { training: pick(parts.training), validation: pick(parts.validation) };
}
