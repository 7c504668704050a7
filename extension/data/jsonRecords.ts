// Records of .json (a list of objects) and .jsonl (an object a line).
import { Failure } from '../shared/failures';
import { isObject, nameOfValue, parseJson, readText } from '../model/jsonFile';
import type { DataRecord } from './records';

export function readJsonList(file: string): DataRecord[] {
  const text = readText(file, 'the data file');
  if (text.trim() === '') throw new Failure('data-empty', { file });
  const list = parseJson(text, file);
  if (!Array.isArray(list)) {
    const problem = `it must hold a list of records, but it holds ${nameOfValue(list)}`;
    throw new Failure('data-broken', { file, problem });
  }
  return list.map((value: unknown, i) => ({
    file,
    number: i + 1,
    columns: asColumns(value, file, i + 1),
  }));
}

export function readJsonLines(file: string): DataRecord[] {
  const records: DataRecord[] = [];
  readText(file, 'the data file')
    .split('\n')
    .forEach((text, i) => {
      if (text.trim() === '') return;
      const number = records.length + 1;
      const line = i + 1;
      const columns = asColumns(parseJson(text, file, line), file, number, line);
      records.push({ file, number, line, columns });
    });
  return records;
}

function asColumns(
  value: unknown,
  file: string,
  record: number,
  line?: number,
): Record<string, unknown> {
  if (isObject(value)) return value;
  const problem = `it must be an object, but it is ${nameOfValue(value)}`;
  throw new Failure('record-invalid', { file, record, line, problem });
}
