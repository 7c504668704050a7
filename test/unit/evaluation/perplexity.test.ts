// Perplexity: pieces of long texts, the figure, going on, and texts that cannot be used.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evaluateTask } from '../../../extension/evaluation/evaluate';
import { piecesOf } from '../../../extension/evaluation/measurePerplexity';
import { readTaskQuestions } from '../../../extension/evaluation/taskQuestions';
import { emptyFolder, failureOf } from '../model/modelFixture';
import { evaluated, FakeModel, testTokenizer } from './fakeModel';

const tokens = Array.from({ length: 10 }, (_, i) => i);

describe('pieces', () => {
  test('a short text is one, after the token that begins texts', () => {
    expect(piecesOf(tokens, [99], 20, 0)).toEqual([{ context: [99], foretold: tokens }]);
  });

  test('a long one is cut into windows; the last sees as much before it as fits', () => {
    expect(piecesOf(tokens, [99], 4, 0)).toEqual([
      { context: [99], foretold: [0, 1, 2, 3] },
      { context: [3], foretold: [4, 5, 6, 7] },
      { context: [5, 6, 7], foretold: [8, 9] },
    ]);
  });

  test('windows that overlap foretell each token once', () => {
    const pieces = piecesOf(tokens, [99], 4, 2);
    expect(pieces.flatMap(({ foretold }) => foretold)).toEqual(tokens);
    expect(pieces[1]).toEqual({ context: [1, 2, 3], foretold: [4, 5] });
    for (const { context, foretold } of pieces.slice(1)) {
      expect(context.length + foretold.length - 1).toBe(4);
    }
  });

  test('without such a token the first of the text is not foretold', () => {
    expect(piecesOf([1, 2, 3], [], 8, 0)).toEqual([{ context: [1], foretold: [2, 3] }]);
    expect(piecesOf([1], [], 8, 0)).toEqual([]);
  });
});

function dataFolder(task: object, name: string, text: string): string {
  const data = emptyFolder();
  mkdirSync(join(data, 'notes'));
  writeFileSync(join(data, 'notes', 'task.json'), JSON.stringify(task));
  writeFileSync(join(data, 'notes', name), text);
  return data;
}

async function run(data: string) {
  const tokenizer = testTokenizer();
  // Half a nat for each token.
  const model = new FakeModel(
    tokenizer,
    undefined,
    (_, text) => -0.5 * tokenizer.encodePlain(text).length,
  );
  const [asked] = await readTaskQuestions(['notes'], data, 0);
  if (asked === undefined) throw new Error('no task was read');
  const file = join(data, 'notes.jsonl');
  const result = await evaluateTask(asked, evaluated(model), { file, atOnce: 2 });
  return { result, model, text: readFileSync(file, 'utf8'), file };
}

test('a text file: nats a token and their exponential, a line for each piece', async () => {
  const words = 'a b c d e f g h i j k l m n o p';
  const data = dataFolder({ protocol: 'perplexity', windowLength: 8 }, 'test.txt', words);
  const { result, text, file } = await run(data);
  expect(result).toMatchObject({ protocol: 'perplexity', natsPerToken: 0.5 });
  expect(result).toHaveProperty('perplexity', Math.exp(0.5));
  const lines = text.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(1);
  writeFileSync(file, `${lines.slice(1).reverse().join('\n')}\n`);
  const again = await run(data);
  expect(again.model.measured).toHaveLength(1);
  expect(again.text).toBe(text);
});

test('records: one text each', async () => {
  const task = { protocol: 'perplexity', questions: 'texts.jsonl', columns: { text: 'body' } };
  const data = dataFolder(task, 'texts.jsonl', '{"body": "one"}\n{"body": "two"}\n');
  expect((await run(data)).text.trimEnd().split('\n')).toHaveLength(2);
  const wrong = dataFolder(task, 'texts.jsonl', '{"body": "one"}\n{"boddy": "two"}\n');
  expect((await failureOf(() => run(wrong))).message).toMatch(
    /record 2 .*has no column "body".*did you mean "boddy"/,
  );
});

test('a text file with nothing in it is refused', async () => {
  const data = dataFolder({ protocol: 'perplexity' }, 'test.txt', ' \n');
  expect((await failureOf(() => run(data))).code).toBe('data-empty');
});
