// From records to tokens: what is added, what is counted, what is cut off, what is refused.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyFolder, failureOf } from '../model/modelFixture';
import { countedText, openRecords, tokenizerFolder, wholeText } from './dataFixture';

const record = { instruction: 'Is it 12?', input: 'yes', output: 'the correct answer is true' };

describe('formats', () => {
  test('instruction', async () => {
    const opened = await openRecords([record]);
    expect(wholeText(opened)).toBe(
      '<|start|>Q: Is it 12? yes\nA: the correct answer is true<|end|>',
    );
  });

  test('an input that is null or not there is empty', async () => {
    const { instruction, output } = record;
    const opened = await openRecords([
      { ...record, input: null },
      { instruction, output },
    ]);
    expect(wholeText(opened, 0)).toContain('Q: Is it 12? \nA:');
    expect(wholeText(opened, 1)).toBe(wholeText(opened, 0));
  });

  test('completion', async () => {
    const records = [{ prompt: 'Is it? ', completion: 'yes' }];
    const opened = await openRecords(records, { format: 'completion', lossOn: 'answer' });
    expect(wholeText(opened)).toBe('<|start|>Is it? yes<|end|>');
    expect(countedText(opened)).toMatch(/^ ?yes<\|end\|>$/);
  });

  test('text stands as it is, without an end token', async () => {
    const opened = await openRecords([{ text: 'the dog' }], { format: 'text' });
    expect(wholeText(opened)).toBe('<|start|>the dog');
  });

  test('chat has the special tokens of its template, none twice', async () => {
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
      { role: 'user', content: 'Bye' },
      { role: 'assistant', content: 'Goodbye' },
    ];
    const opened = await openRecords([{ messages }], { format: 'chat', lossOn: 'answer' });
    expect(wholeText(opened)).toBe(
      '<|start|>user\nHi<|end|>\n<|start|>assistant\nHello<|end|>\n' +
        '<|start|>user\nBye<|end|>\n<|start|>assistant\nGoodbye<|end|>\n',
    );
    expect(countedText(opened)).toBe('Hello<|end|>\nGoodbye<|end|>\n');
  });

  test('an instruction through the chat template', async () => {
    const opened = await openRecords([record], { template: 'chat', lossOn: 'answer' });
    expect(wholeText(opened)).toBe(
      '<|start|>user\nIs it 12?\n\nyes<|end|>\n<|start|>assistant\nthe correct answer is true<|end|>\n',
    );
    expect(countedText(opened)).toBe('the correct answer is true<|end|>\n');
  });

  test('columns of other names', async () => {
    const columns = { instruction: 'question', output: 'reply' };
    const opened = await openRecords([{ question: 'a', reply: 'b' }], { columns });
    expect(wholeText(opened)).toBe('<|start|>Q: a \nA: b<|end|>');
  });
});

describe('what is counted', () => {
  test('all: every token but the first, each predicted by the one before it', async () => {
    const { data } = await openRecords([record]);
    const { tokens, targets, counted } = data.train.get(0);
    expect([...targets]).toEqual([...tokens.slice(1), -1]);
    expect(counted).toBe(tokens.length - 1);
  });

  test('answer: the answer and the end token', async () => {
    const opened = await openRecords([record], { lossOn: 'answer' });
    expect(countedText(opened)).toBe(' the correct answer is true<|end|>');
  });

  test('the end token is not doubled', async () => {
    const opened = await openRecords([{ ...record, output: 'true<|end|>' }]);
    expect(wholeText(opened)).toMatch(/true<\|end\|>$/);
    expect(wholeText(opened)).not.toMatch(/<\|end\|><\|end\|>/);
  });
});

describe('truncation', () => {
  test('cuts to maxLength without an end token, and is counted once', async () => {
    const short = { instruction: 'a', output: 'b' };
    const { data, tokens } = await openRecords([record, short], { maxLength: 12 });
    const { tokens: ids } = data.train.get(0);
    expect(ids).toHaveLength(12);
    expect(ids.at(-1)).not.toBe(tokens.eosId);
    data.train.get(0);
    data.train.get(1);
    expect(data.train.countsSoFar()).toEqual({ seen: 2, truncated: 1, dropped: 0 });
  });

  test('a record that just fits keeps its end token', async () => {
    const whole = (await openRecords([record])).data.train.get(0).tokens;
    const { data } = await openRecords([record], { maxLength: whole.length });
    expect([...data.train.get(0).tokens]).toEqual([...whole]);
  });

  test('a record whose answer is cut off has nothing to learn from', async () => {
    const long = { ...record, instruction: 'very '.repeat(40) };
    const { data } = await openRecords([long, record], { maxLength: 40, lossOn: 'answer' });
    expect(data.train.get(0).counted).toBe(0);
    data.train.get(1);
    expect(data.train.countsSoFar()).toEqual({ seen: 2, truncated: 1, dropped: 1 });
  });
});

describe('refused', () => {
  const sentenceOf = async (...input: Parameters<typeof openRecords>): Promise<string> =>
    (await failureOf(() => openRecords(...input))).message;

  test('a record without the mapped column, by record, column and the columns there are', async () => {
    const records = [record, { instrution: 'a', output: 'b' }];
    expect(await sentenceOf(records)).toMatch(
      /train\.json, record 2 has no column "instruction" \(did you mean "instrution"\?\); it has instrution, output\.$/,
    );
    const columns = { input: 'context' };
    expect(await sentenceOf([record], { columns })).toMatch(/record 1 has no column "context"/);
  });

  test('a mapping of a field that the format does not have', async () => {
    expect(await sentenceOf([record], { columns: { outputs: 'x' } })).toMatch(
      /"columns" names the field "outputs" \(did you mean "output"\?\)/,
    );
  });

  test.each<[string, unknown, RegExp]>([
    ['a number', { ...record, output: 3 }, /record 1: column "output" holds 3, not a text/],
    ['null', { ...record, output: null }, /record 1: column "output" holds null, not a text/],
    ['a list', { ...record, instruction: ['a'] }, /column "instruction" holds a list/],
    ['a number as input', { ...record, input: 1 }, /column "input" holds 1/],
  ])('%s where a text should be', async (_, broken, sentence) => {
    expect(await sentenceOf([broken])).toMatch(sentence);
  });

  test.each<[unknown, RegExp]>([
    [{ messages: 'x' }, /line 1: /],
    [{ messages: [] }, /column "messages" holds no messages/],
    [{ messages: [{ role: 'user' }] }, /message 1 of "messages" needs a role and content/],
    [{ conversation: [] }, /no column "messages"/],
  ])('chat record %j', async (broken, sentence) => {
    expect(await sentenceOf([broken], { format: 'chat' })).toMatch(sentence);
  });

  test('a chat that its template refuses, before training starts', async () => {
    const folder = tokenizerFolder("{{ raise_exception('no system turn here') }}");
    const messages = [{ role: 'user', content: 'x' }];
    expect(await sentenceOf([{ messages }], { format: 'chat' }, folder)).toMatch(
      /the chat template failed: no system turn here/,
    );
  });

  test('every record longer than maxLength, with the shortest length', async () => {
    const lengths = (await openRecords([record])).data.train.get(0).tokens.length;
    const longer = { ...record, instruction: 'a much longer question' };
    expect(await sentenceOf([longer, record, longer], { maxLength: 8 })).toBe(
      `All 3 records are longer than "maxLength" 8; the shortest has ${lengths} tokens, so set maxLength to ${lengths} or more.`,
    );
  });

  test('nothing to learn from in any record', async () => {
    const sentence = await sentenceOf([{ text: '' }, { text: '' }], { format: 'text' });
    expect(sentence).toMatch(/None of the 2 records/);
  });

  test('more validation records than there are', async () => {
    expect(await sentenceOf([record, record], { validation: 2 })).toMatch(
      /"validation" takes 2 records, but there are only 2/,
    );
  });
});

test('a validation file is read like the training files', async () => {
  const file = join(emptyFolder(), 'validation.jsonl');
  writeFileSync(file, `${JSON.stringify(record)}\n`);
  const { data } = await openRecords([record, record], { validation: file });
  expect(data.train.length).toBe(2);
  expect(data.validation?.length).toBe(1);
});
