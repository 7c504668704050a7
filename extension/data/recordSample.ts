// The first records of a file, and how many it holds: exact for files of ordinary size, estimated from the size of
// a part for larger ones.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { asFileFailure } from '../model/jsonFile';
import { parseCsv } from './csvRecords';
import { parseJsonLines, parseJsonList } from './jsonRecords';
import { sampleParquet } from './parquetRecords';
import { readRecords, type DataRecord } from './records';

export interface RecordSample {
  records: DataRecord[];
  /** Of the whole file. */
  count: number;
  isSampled: boolean;
}

/** Read of a file that is larger. */
const sampledBytes = 8e6;
const sampledRows = 5_000;

type PartReader = (part: Buffer, file: string) => DataRecord[];

/** From the beginning of a file, which may end within a record. */
const partReaders: Record<string, PartReader> = {
  '.jsonl': (part, file) => parseJsonLines(part.subarray(0, part.lastIndexOf(0x0a) + 1), file),
  '.json': (part, file) => parseJsonList(`${wholeElements(part.toString('utf8'))}]`, file),
  '.csv': (part, file) => parseCsv(wholeRows(part.toString('utf8')), file),
};

/** `wholeBytes`: larger files are sampled. */
export async function sampleRecords(
  file: string,
  wholeBytes = 4 * sampledBytes,
): Promise<RecordSample> {
  const size = sizeOf(file);
  const kind = extname(file).toLowerCase();
  const readPart = partReaders[kind];
  if (size <= wholeBytes || (readPart === undefined && kind !== '.parquet')) {
    const records = await readRecords([file]);
    return { records, count: records.length, isSampled: false };
  }
  if (readPart === undefined) {
    return { ...(await sampleParquet(file, sampledRows)), isSampled: true };
  }
  const part = readStart(file, Math.min(sampledBytes, wholeBytes));
  const records = readPart(part, file);
  const count = Math.round((records.length * size) / part.length);
  return { records, count, isSampled: true };
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    throw asFileFailure(error, file, 'the data file');
  }
}

function readStart(file: string, bytes: number): Buffer {
  const part = Buffer.alloc(bytes);
  const descriptor = openSync(file, 'r');
  try {
    return part.subarray(0, readSync(descriptor, part, 0, bytes, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** Of the text of a list: up to the end of its last whole element. */
function wholeElements(text: string): string {
  let depth = 0;
  let isText = false;
  let end = text.indexOf('[') + 1;
  for (let i = 0; i < text.length; i += 1) {
    const letter = text[i];
    if (isText) {
      if (letter === '\\') i += 1;
      else if (letter === '"') isText = false;
    } else if (letter === '"') isText = true;
    else if (letter === '{' || letter === '[') depth += 1;
    else if (letter === '}' || letter === ']') {
      depth -= 1;
      if (depth === 1) end = i + 1;
    }
  }
  return text.slice(0, end);
}

/** Up to the last line end outside quotes. */
function wholeRows(text: string): string {
  let isQuoted = false;
  let end = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === '"') isQuoted = !isQuoted;
    else if (text[i] === '\n' && !isQuoted) end = i + 1;
  }
  return text.slice(0, end);
}
