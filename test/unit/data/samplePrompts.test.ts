import { expect, test } from 'vitest';
import { openRecords } from './dataFixture';

const instruction = { instruction: 'Add', input: '1 2', output: '3' };

test('a record asks what stands before its answer', async () => {
  const { data } = await openRecords([instruction]);
  expect(data.train.promptOf(0)).toBe('Q: Add 1 2\nA: ');
  expect(data.train.promptFor('Why?')).toBe('Q: Why? \nA: ');
});

test('the paper and the model have their own ways to ask', async () => {
  const paper = await openRecords([instruction], { template: 'paper' });
  expect(paper.data.train.promptFor('Why?')).toMatch(
    /### Instruction:\n *Why\?\n.*### Response:\n *$/s,
  );
  const chat = await openRecords([instruction], { template: 'chat' });
  expect(chat.data.train.promptFor('Why?')).toBe(
    '<|start|>user\nWhy?<|end|>\n<|start|>assistant\n',
  );
  expect(chat.data.train.promptOf(0)).toMatch(/<\|start\|>assistant\n$/);
});

test('a completion is asked as it stands', async () => {
  const records = [{ prompt: 'Once', completion: ' upon' }];
  const { data } = await openRecords(records, { format: 'completion' });
  expect([data.train.promptOf(0), data.train.promptFor('Twice')]).toEqual(['Once', 'Twice']);
});

test('of a plain text the model gets the beginning', async () => {
  const words = Array.from({ length: 40 }, (_, i) => `w${i}`);
  const { data } = await openRecords([{ text: words.join(' ') }], { format: 'text' });
  expect(data.train.promptOf(0)).toBe(words.slice(0, 12).join(' '));
});

test('a prompt is encoded as the beginning of its training text', async () => {
  for (const template of ['Q: {instruction} {input}\nA:{output}', 'chat']) {
    const { data } = await openRecords([instruction], { template });
    const prompt = data.train.encodePrompt(data.train.promptOf(0));
    const trained = data.train.get(0).tokens;
    expect(prompt.length).toBeLessThan(trained.length);
    // The last token may join the answer's first character.
    expect([...trained.subarray(0, prompt.length - 1)]).toEqual([...prompt.subarray(0, -1)]);
  }
});
