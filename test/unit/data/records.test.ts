// Data files: every format gives the same records, and what is broken is named by file, line or record.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRecords } from '../../../extension/data/records';
import { emptyFolder, failureOf } from '../model/modelFixture';

const parquet = join(import.meta.dirname, 'parquet');

function fileWith(name: string, content: string | Uint8Array): string {
  const file = join(emptyFolder(), name);
  writeFileSync(file, content);
  return file;
}

async function columnsOf(...files: string[]): Promise<unknown[]> {
  return (await readRecords(files)).map(({ columns }) => columns);
}

async function sentenceOf(name: string, content: string | Uint8Array): Promise<string> {
  const file = fileWith(name, content);
  const { message } = await failureOf(() => readRecords([file]));
  expect(message).toContain(file);
  return message.replace(file, name);
}

describe('read', () => {
  const wanted = [
    { a: 'x', b: 'é🙂' },
    { a: 'two\nlines', b: '"' },
  ];

  test('.json, with a byte order mark too', async () => {
    expect(await columnsOf(fileWith('a.json', JSON.stringify(wanted)))).toEqual(wanted);
    expect(await columnsOf(fileWith('a.JSON', `\ufeff${JSON.stringify(wanted)}`))).toEqual(wanted);
  });

  test('.jsonl, with empty lines and carriage returns', async () => {
    const lines = wanted.map((record) => JSON.stringify(record)).join('\r\n\r\n');
    const file = fileWith('a.jsonl', `${lines}\n\n`);
    expect(await columnsOf(file)).toEqual(wanted);
    expect((await readRecords([file]))[1]).toMatchObject({ number: 2, line: 3 });
  });

  test('.csv, with quotes and lines in fields', async () => {
    const file = fileWith('a.csv', '\ufeffa,b\nx,é🙂\n"two\nlines",""""\n');
    expect(await columnsOf(file)).toEqual(wanted);
  });

  test.each(['none', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4'])('.parquet, %s', async (name) => {
    const records = await columnsOf(join(parquet, `${name}.parquet`));
    expect(records).toHaveLength(50);
    expect(records[41]).toMatchObject({
      instruction: 'question 41 é🙂',
      input: null,
      output: 'answer 41',
    });
  });

  test('.parquet with messages', async () => {
    const [record] = await columnsOf(join(parquet, 'chat.parquet'));
    expect(record).toEqual({
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'hello' },
      ],
    });
  });

  test('several files one after another', async () => {
    const first = fileWith('a.json', '[{"a": "1"}]');
    const second = fileWith('b.csv', 'a\n2\n');
    const records = await readRecords([first, second, first]);
    expect(records.map(({ columns, number }) => [columns.a, number])).toEqual([
      ['1', 1],
      ['2', 1],
      ['1', 1],
    ]);
  });
});

describe('refused', () => {
  test('missing, or a folder', async () => {
    const folder = emptyFolder();
    const missing = join(folder, 'a.json');
    expect((await failureOf(() => readRecords([missing]))).message).toBe(
      `The data file is not there: ${missing} does not exist.`,
    );
    const gone = join(folder, 'a.parquet');
    expect((await failureOf(() => readRecords([gone]))).message).toContain(
      `${gone} does not exist`,
    );
    const dir = emptyFolder();
    expect((await failureOf(() => readRecords([dir]))).message).toMatch(/must end in \.json/);
  });

  test('another kind of file', async () => {
    expect(await sentenceOf('a.txt', 'x')).toBe(
      'a.txt is not a data file: its name must end in .json, .jsonl, .csv or .parquet.',
    );
  });

  test.each([
    ['a.json', ''],
    ['b.json', '[]'],
    ['a.jsonl', '\n \n'],
    ['a.csv', ''],
    ['b.csv', 'a,b\n'],
  ])('%s without records', async (name, content) => {
    expect(await sentenceOf(name, content)).toBe(`${name} holds no records.`);
  });

  test('.parquet without records', async () => {
    const file = join(parquet, 'empty.parquet');
    expect((await failureOf(() => readRecords([file]))).message).toBe(`${file} holds no records.`);
  });

  test.each<[string, string, RegExp]>([
    ['a.json', '[\n{"a": "1"},\n{"a" "2"}\n]', /^a\.json, line 3: colon expected/],
    ['a.json', '[\n{"a": "1"},\n{"a": "2"', /^a\.json, line 3: /],
    ['a.json', '{"a": "1"}', /^a\.json: it must hold a list of records, but it holds an object/],
    ['a.json', '[{"a": "1"}, 5]', /^a\.json, record 2: it must be an object, but it is 5/],
    ['a.jsonl', '{"a": "1"}\n\n{"a": }\n', /^a\.jsonl, line 3: value expected/],
    ['a.jsonl', '{"a": "1"}\n[1]\n', /^a\.jsonl, record 2 \(line 2\): it must be an object/],
    ['a.csv', 'a,b\n1,2\n3\n', /^a\.csv, line 3: /],
    ['a.csv', 'a,b\n1,"2\n', /^a\.csv, line \d: /],
    ['a.csv', 'a,a\n1,2\n', /^a\.csv, line 1: it has two columns "a"/],
    ['a.parquet', 'PAR1 this is no parquet file PAR1', /^a\.parquet: it is not a readable Parquet/],
    ['a.parquet', '', /^a\.parquet: it is not a readable Parquet/],
  ])('%s holding %j', async (name, content, sentence) => {
    expect(await sentenceOf(name, content)).toMatch(sentence);
  });

  test.each(['a.json', 'a.jsonl', 'a.csv'])(
    '%s that is not UTF-8, with line and byte',
    async (name) => {
      const text = name === 'a.csv' ? 'a\nok\ncaf\xe9\n' : '[\n\n"caf\xe9"]';
      const bytes = Buffer.from(text, 'latin1');
      const offset = bytes.indexOf(0xe9);
      expect(await sentenceOf(name, bytes)).toContain(`line 3: byte ${offset} is not valid UTF-8`);
    },
  );
});

test('the place of invalid UTF-8 is exact, whatever the bytes', async () => {
  const bad = [
    [0xff],
    [0xc3],
    [0xe2, 0x82],
    [0xed, 0xa0, 0x80],
    [0xf0, 0x9f, 0x99],
    [0x80],
    [0xc0, 0x80],
  ];
  for (const bytes of bad) {
    for (const before of ['', 'a', 'é', '🙂', 'ab🙂é\n']) {
      for (const after of ['', 'z', '🙂 more']) {
        const start = Buffer.byteLength(before);
        const content = Buffer.concat([
          Buffer.from(before),
          Buffer.from(bytes),
          Buffer.from(after),
        ]);
        expect(await sentenceOf('a.json', content)).toContain(`byte ${start} is`);
      }
    }
  }
});
