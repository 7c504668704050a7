// Records of .csv: the first row names the columns, quotes as RFC 4180 has them.
import { CsvError, parse } from 'csv-parse/sync';
import { readText } from '../model/jsonFile';
import { Failure } from '../shared/failures';
import type { DataRecord } from './records';

interface Row {
  info: { lines: number };
  record: Record<string, string>;
}

export function readCsv(file: string): DataRecord[] {
  return parseCsv(readText(file, 'the data file'), file);
}

export function parseCsv(text: string, file: string): DataRecord[] {
  try {
    const rows = parse(text, {
      columns: (header: string[]) => checkHeader(header, file),
      info: true,
      skip_empty_lines: true,
    }) as unknown as Row[];
    return rows.map(({ info, record }, i) => {
      return { file, number: i + 1, line: info.lines, columns: record };
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : undefined;
    throw new Failure('data-broken', { file, line, problem: error.message.replace(/\.\s*$/, '') });
  }
}

/** Two columns of one name would hide each other. */
function checkHeader(header: string[], file: string): string[] {
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice === undefined) return header;
  throw new Failure('data-broken', { file, line: 1, problem: `it has two columns "${twice}"` });
}
