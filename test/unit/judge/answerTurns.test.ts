// The model's half: questions read from their file, conversations as prompts, answers kept and not asked for twice.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  answerTurns,
  type Answered,
  type ConversingModel,
} from '../../../extension/evaluation/judge/answerTurns';
import {
  chatFormat,
  instructionFormat,
  type ConversationFormat,
} from '../../../extension/evaluation/judge/conversationFormat';
import {
  readConversations,
  type ConversationQuestion,
} from '../../../extension/evaluation/judge/questions';
import { ChatTemplate } from '../../../extension/model/chatTemplate';
import { readTokenizer, type TextTokenizer } from '../../../extension/model/tokenizer';
import { chatTemplate, tokenizerFolder } from '../data/dataFixture';
import { emptyFolder } from '../model/modelFixture';

let tokenizer: TextTokenizer;
const chat = (source = chatTemplate): ConversationFormat =>
  chatFormat(new ChatTemplate(source, 'chat_template.jinja', tokenizer.special), tokenizer);
const task = {
  ...{ name: 'chat', protocol: 'judged' as const, questions: 'question.jsonl', template: 'auto' },
  generation: {
    ...{ maxNewTokens: 8, temperature: 0, temperatures: {}, topK: 0, topP: 1, seed: 0 },
    stopTexts: [],
  },
};
let folder: string;

beforeEach(() => {
  folder = emptyFolder();
  ({ tokenizer } = readTokenizer(tokenizerFolder(), 420, []));
});

function questionsOf(...records: object[]): Promise<ConversationQuestion[]> {
  const file = join(folder, 'question.jsonl');
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return readConversations(file, 0);
}

const two = { question_id: 81, category: 'writing', turns: ['First?', 'Second?'] };
const one = { question_id: 'x', category: 'math', turns: ['Sum?'], reference: ['3'] };

describe('questions', () => {
  test('in the published form', async () => {
    expect(await questionsOf(two, one)).toEqual([
      {
        ...{ index: 0, id: '81', category: 'writing', turns: ['First?', 'Second?'] },
        references: [undefined, undefined],
      },
      { index: 1, id: 'x', category: 'math', turns: ['Sum?'], references: ['3'] },
    ]);
  });

  test('a reference may be left out, null, a text, or empty for a turn', async () => {
    const found = await questionsOf(
      { ...two, question_id: 1, reference: ['', 'b'] },
      { ...two, question_id: 2, reference: null },
      { ...two, question_id: 3, reference: 'a' },
    );
    expect(found.map(({ references }) => references)).toEqual([
      ...[
        [undefined, 'b'],
        [undefined, undefined],
        ['a', undefined],
      ],
    ]);
  });

  test.each([
    [{ turns: [] }, 'record 2 (line 2): "turns" must hold at least one text'],
    [{ turns: ['a', ' '] }, 'none that is empty'],
    [{ turns: 'a' }, '"turns" must be a list of texts, not "a"'],
    [{ turns: ['a', 3] }, '"turns" must be a list of texts, not a list'],
    [{}, '"turns" must be a list of texts, not missing'],
    [{ turns: ['a'], reference: ['b', 'c'] }, '2 references for 1 turns'],
    [{ turns: ['a'], category: 3 }, '"category" must be a text, not 3'],
    [{ turns: ['a'], question_id: true }, '"question_id" must be a number or a text'],
    [{ turns: ['a'], question_id: '81' }, '"question_id" 81 stands in the file twice'],
  ])('%j is refused with its record', async (record, problem) => {
    await expect(questionsOf(two, record)).rejects.toThrow(problem);
  });
});

describe('a conversation as a prompt', () => {
  test('by the chat template', () => {
    const { prompt, endTokens } = chat();
    expect(prompt(['First?', 'Second?'], ['One.'])).toBe(
      '<|start|>user\nFirst?<|end|>\n<|start|>assistant\nOne.<|end|>\n' +
        '<|start|>user\nSecond?<|end|>\n<|start|>assistant\n',
    );
    expect(endTokens).toEqual([tokenizer.idOf('<|end|>')]);
  });

  test('what the template begins with stands there once', () => {
    const { encode, prompt } = chat();
    const text = tokenizer.decode(encode(prompt(['a'], [])));
    expect(text.startsWith('<|start|>user')).toBe(true);
    expect(text.startsWith('<|start|><|start|>')).toBe(false);
    const plain = chat(
      "{% for m in messages %}{{ m.role + ': ' + m.content + '\n### End\n' }}{% endfor %}",
    );
    expect(tokenizer.decode(plain.encode(plain.prompt(['a'], [])))).toMatch(/^<\|start\|>user: a/);
    expect(plain).toMatchObject({ endTokens: [], stopTexts: ['### End'] });
  });

  test('by the Alpaca template, whose first words are said once', () => {
    const { prompt, stopTexts } = instructionFormat('alpaca', tokenizer);
    expect(prompt(['First?', 'Second?'], ['One.'])).toBe(
      'Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n' +
        '### Instruction:\nFirst?\n\n### Response:\nOne.\n\n' +
        '### Instruction:\nSecond?\n\n### Response:\n',
    );
    expect(stopTexts).toEqual(['### Instruction:']);
  });

  test("by the paper's template, with its white space", () => {
    const s16 = ' '.repeat(16);
    const { prompt } = instructionFormat('paper', tokenizer);
    expect(prompt(['First?', 'Second?'], ['One.'])).toBe(
      'Below is an instruction that describes a task. Write a response that appropriately completes the request. \n\n' +
        `${s16}### Instruction:\n${s16}First?\n\n${s16}### Response:\n${s16}One.\n\n` +
        `${s16}### Instruction:\n${s16}Second?\n\n${s16}### Response:\n${s16}`,
    );
  });

  test('by a template of the user', () => {
    const { prompt } = instructionFormat('Q: {instruction}\nA: {output}', tokenizer);
    expect(prompt(['First?', 'Second?'], ['One.'])).toBe('Q: First?\nA: One.\n\nQ: Second?\nA: ');
  });
});

interface Run extends Answered {
  prompts: string[];
  batches: number[];
}

/** Answers `said` with the number of the prompt. */
async function answer(
  questions: readonly ConversationQuestion[],
  changes: Partial<ConversingModel> & { said?: string } = {},
): Promise<Run> {
  const prompts: string[] = [];
  const batches: number[] = [];
  const { said = 'Answer', ...rest } = changes;
  const model: ConversingModel = {
    generator: {
      generate: ({ prompts: asked }) => {
        batches.push(asked.length);
        return Promise.resolve(
          asked.map((prompt) => {
            prompts.push(tokenizer.decode(prompt));
            const text = ` ${said} ${prompts.length} `;
            return { tokens: Int32Array.from(tokenizer.encodePlain(text)), ended: 'end' };
          }),
        );
      },
      stopGenerating: () => undefined,
      logLikelihoods: () => Promise.resolve([]),
    },
    ...{ tokenizer, endTokens: [0], contextLength: 1000, fingerprint: 'a' },
    format: instructionFormat('alpaca', tokenizer),
    ...rest,
  };
  const file = join(folder, 'results', 'chat.jsonl');
  const answered = await answerTurns(task, questions, model, { file, batchSize: 2 });
  return { ...answered, prompts, batches };
}

function lineCount(): number {
  return readFileSync(join(folder, 'results', 'chat.jsonl'), 'utf8')
    .trimEnd()
    .split('\n').length;
}

describe('answers', () => {
  test('the second turn is asked with the first answer in sight', async () => {
    const questions = await questionsOf(two, one, { ...two, question_id: 82 });
    const { answers, prompts, batches } = await answer(questions);
    expect(batches).toEqual([2, 1, 2]);
    expect(prompts[3]).toContain('First?\n\n### Response:\nAnswer 1\n\n### Instruction:\nSecond?');
    expect(answers.map(({ index, turn, text }) => [index, turn, text])).toEqual([
      ...[
        [0, 1, 'Answer 1'],
        [0, 2, 'Answer 4'],
        [1, 1, 'Answer 2'],
      ],
      ...[
        [2, 1, 'Answer 3'],
        [2, 2, 'Answer 5'],
      ],
    ]);
    expect(answers[2]).toMatchObject({
      id: 'x',
      category: 'math',
      question: 'Sum?',
      reference: '3',
    });
    expect(new Set(answers.map(({ answerHash }) => answerHash)).size).toBe(5);
  });

  test('end where the model starts the next turn by itself', async () => {
    const questions = await questionsOf(one);
    const { answers } = await answer(questions, { said: 'Three.\n\n### Instruction:\nMore' });
    expect(answers[0]?.text).toBe('Three.');
  });

  test('are not asked for twice, whatever a kill left in the file', async () => {
    const questions = await questionsOf(two, one, { ...two, question_id: 82 });
    const whole = await answer(questions);
    const file = join(folder, 'results', 'chat.jsonl');
    const lines = readFileSync(file, 'utf8');
    for (let length = 0; length <= lines.length; length += 97) {
      writeFileSync(file, lines.slice(0, length));
      const kept = lines.slice(0, length).split('\n').length - 1;
      const again = await answer(questions);
      expect(again.prompts).toHaveLength(5 - kept);
      expect(again.answers.map(({ index, turn }) => [index, turn])).toEqual(
        whole.answers.map(({ index, turn }) => [index, turn]),
      );
    }
  });

  test('of another model, another template or a changed question are asked for', async () => {
    await answer(await questionsOf(two, one));
    const questions = await questionsOf(two, one);
    expect((await answer(questions)).prompts).toEqual([]);
    expect((await answer(questions, { fingerprint: 'b' })).prompts).toHaveLength(3);
    expect((await answer(questions, { fingerprint: 'b', format: chat() })).prompts).toHaveLength(3);
    const changed = await questionsOf(two, { ...one, turns: ['Product?'] });
    expect((await answer(changed, { fingerprint: 'b', format: chat() })).prompts).toHaveLength(1);
  });

  test('with another reference stand, and are another thing to judge', async () => {
    const before = await answer(await questionsOf(one));
    const after = await answer(await questionsOf({ ...one, reference: ['4'] }));
    expect(after.prompts).toEqual([]);
    expect(after.answers[0]).toMatchObject({ text: before.answers[0]?.text, reference: '4' });
    expect(after.answers[0]?.answerHash).not.toBe(before.answers[0]?.answerHash);
    expect(lineCount()).toBe(2);
  });

  test('beyond the context are told', async () => {
    expect((await answer(await questionsOf(two), { contextLength: 30 })).beyondContext).toBe(2);
    folder = emptyFolder();
    expect((await answer(await questionsOf(two))).beyondContext).toBe(0);
  });
});
