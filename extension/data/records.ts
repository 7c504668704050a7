// Records of data files, whatever their format, one after another.
import { extname } from 'node:path';
import { Failure } from '../shared/failures';
import { readCsv } from './csvRecords';
import { readJsonLines, readJsonList } from './jsonRecords';
import { readParquet } from './parquetRecords';

export interface DataRecord {
  file: string;
  /** 1 for the first of its file. */
  number: number;
  /** Where the format has lines. */
  line?: number;
  columns: Record<string, unknown>;
}

type Reader = (file: string) => DataRecord[] | Promise<DataRecord[]>;

const readers: Record<string, Reader> = {
  '.json': readJsonList,
  '.jsonl': readJsonLines,
  '.csv': readCsv,
  '.parquet': readParquet,
};

export async function readRecords(files: string[]): Promise<DataRecord[]> {
  const all: DataRecord[] = [];
  for (const file of files) {
    const reader = readers[extname(file).toLowerCase()];
    if (reader === undefined) throw new Failure('data-unsupported', { file });
    const records = await reader(file);
    if (records.length === 0) throw new Failure('data-empty', { file });
    for (const record of records) all.push(record);
  }
  return all;
}

/** The sentence for what is wrong with one record. */
export function refuseRecord({ file, number, line }: DataRecord, problem: string): Failure {
  return new Failure('record-invalid', { file, record: number, line, problem });
}
