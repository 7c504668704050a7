// The data of a run: each file by itself, so that one that is missing hides nothing about the others.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fieldsOfFormat } from '../../data/columns';
import { sampleRecords } from '../../data/recordSample';
import { createRenderer } from '../../data/render';
import { measureLengths, type TokenLengths } from '../../data/tokenLengths';
import { readChatTemplate } from '../../model/chatTemplate';
import type { TokenizerFolder } from '../../model/tokenizer';
import type { ExperimentSettings } from '../../shared/experiment';
import { Failure } from '../../shared/failures';
import { nearestName } from '../../shared/nearest';
import type { LengthCache } from './lengthCache';
import { nearPath } from './nearPath';
import { addProblem, attempt, inFolder, type CheckContext } from './runChecks';

export interface MeasuredFile {
  setting: string;
  file: string;
  lengths: TokenLengths;
}

export interface DataParts {
  /** The model's folder. */
  path: string;
  tokenizer: TokenizerFolder;
  cache: LengthCache;
}

/** Files that could be read, in the order of the settings. */
export async function checkData(
  context: CheckContext,
  settings: ExperimentSettings,
  parts: DataParts,
): Promise<MeasuredFile[]> {
  const { data } = settings;
  const measured: MeasuredFile[] = [];
  checkFilesExist(context, settings);
  for (const [setting, path] of namedFiles(settings)) {
    const file = inFolder(context, path);
    if (!existsSync(file)) continue;
    const lengths = await attempt(
      () => measureFile(file, settings, parts),
      (failure) => {
        addDataProblem(context, failure, { setting, path });
      },
    );
    if (lengths !== undefined) measured.push({ setting, file, lengths });
  }
  const training = measured.filter(({ setting }) => setting.startsWith('data.train'));
  if (training.length === data.train.length) checkWhole(context, settings, training);
  return measured;
}

/** What can be told without a tokenizer. */
export function checkFilesExist(context: CheckContext, settings: ExperimentSettings): void {
  for (const [setting, path] of namedFiles(settings)) {
    const file = inFolder(context, path);
    if (existsSync(file)) continue;
    const failure = new Failure('file-missing', { file, what: 'the data file' });
    addDataProblem(context, failure, { setting, path });
  }
}

function namedFiles({ data }: ExperimentSettings): [setting: string, path: string][] {
  const { train, validation } = data;
  const named = train.map((path, i): [string, string] => [`data.train.${i}`, path]);
  if (typeof validation === 'string') named.push(['data.validation', validation]);
  // One that was refused as a setting is told already.
  return named.filter(([, path]) => path !== '?');
}

function measureFile(
  file: string,
  { data }: ExperimentSettings,
  { path, tokenizer, cache }: DataParts,
): Promise<TokenLengths> {
  const { format, columns, template, lossOn } = data;
  const beside = ['tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja'];
  const files = [file, ...beside.map((name) => join(path, name))];
  return cache.get(files, { format, columns, template, lossOn }, async () => {
    const chat = () => readChatTemplate(path, tokenizer.tokenizer.special);
    const renderer = createRenderer(data, chat);
    const sample = await sampleRecords(file);
    return measureLengths(sample, { ...tokenizer, renderer, lossOn });
  });
}

/** Where a failure of the data has its cause among the settings. */
function addDataProblem(
  context: CheckContext,
  failure: Failure,
  { setting, path }: { setting: string; path: string },
): void {
  const { data } = context.run.settings;
  switch (failure.code) {
    case 'file-missing':
      addProblem(context, failure, { setting, nearest: nearPath(path, dirname(context.file)) });
      return;
    case 'field-unknown': {
      const { field, nearest } = failure.data as { field: string; nearest?: string };
      addProblem(context, failure, { setting: `data.columns.${field}`, part: 'key', nearest });
      return;
    }
    case 'column-missing': {
      const { column, nearest } = failure.data as { column: string; nearest?: string };
      const field = Object.entries(data.columns).find(([, name]) => name === column)?.[0];
      if (field !== undefined) {
        addProblem(context, failure, { setting: `data.columns.${field}`, nearest });
      } else addProblem(context, withField(failure, column), { setting });
      return;
    }
    case 'template-invalid': {
      const nearest = data.template.includes('{')
        ? undefined
        : nearestName(data.template, ['paper', 'alpaca', 'chat']);
      addProblem(context, failure, { setting: 'data.template', nearest });
      return;
    }
    case 'chat-template-missing':
    case 'chat-template-failed': {
      const isNamed = data.template === 'chat' && context.run.explicit.has('data.template');
      addProblem(context, failure, { setting: isNamed ? 'data.template' : 'data.format' });
      return;
    }
    default:
      addProblem(context, failure, { setting });
  }
}

/** The field that the column should give, for the quick fix that maps it. */
function withField(failure: Failure, column: string): Failure {
  const isField = Object.values(fieldsOfFormat).some((fields) => fields.includes(column));
  return isField ? new Failure(failure.code, { ...failure.data, field: column }) : failure;
}

/** What is wrong with all training files together. */
function checkWhole(
  context: CheckContext,
  { data }: ExperimentSettings,
  training: readonly MeasuredFile[],
): void {
  const records = training.reduce((sum, { lengths }) => sum + lengths.records, 0);
  const { validation, maxLength } = data;
  if (typeof validation === 'number' && validation >= records) {
    const failure = new Failure('validation-too-large', { validation, records });
    addProblem(context, failure, { setting: 'data.validation' });
  }
  const lengths = training.flatMap((file) => file.lengths.lengths);
  const shortest = lengths.reduce((least, length) => Math.min(least, length), Infinity);
  if (shortest > maxLength && Number.isFinite(shortest)) {
    const failure = new Failure('records-too-long', { records, maxLength, shortest });
    addProblem(context, failure, { setting: 'data.maxLength' });
  }
  if (training.every((file) => file.lengths.counted.every((count) => count === 0))) {
    addProblem(context, new Failure('records-without-answer', { records }), {
      setting: 'data.lossOn',
    });
  }
}
