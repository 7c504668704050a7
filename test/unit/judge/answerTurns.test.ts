// The model's half: questions read from their file, conversations as prompts, answers kept and not asked for twice.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { answerTurns, type AnswersResult } from '../../../extension/evaluation/judge/answerTurns';
import type { EvaluatedModel, EvaluationSettings } from '../../../extension/evaluation/evaluate';
import {
  chatFormat,
  instructionFormat,
  type ConversationFormat,
} from '../../../extension/evaluation/judge/conversationFormat';
import { conversationsOf } from '../../../extension/evaluation/judge/conversations';
import {
  readConversations,
  type ConversationQuestion,
} from '../../../extension/evaluation/judge/questions';
import { ChatTemplate } from '../../../extension/model/chatTemplate';
import { readTokenizer, type TextTokenizer } from '../../../extension/model/tokenizer';
import { chatTemplate, tokenizerFolder } from '../data/dataFixture';
import { evaluated, FakeModel } from '../evaluation/fakeModel';
import { emptyFolder } from '../model/modelFixture';

let tokenizer: TextTokenizer;
const chat = (source = chatTemplate): ConversationFormat =>
  chatFormat(new ChatTemplate(source, 'chat_template.jinja', tokenizer.special), tokenizer);
const task = {
  ...{ name: 'chat', protocol: 'judged' as const, questions: 'question.jsonl', template: 'alpaca' },
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

interface Run extends AnswersResult {
  prompts: string[];
  fake: FakeModel;
}

interface Changes {
  model?: Partial<EvaluatedModel>;
  settings?: Partial<EvaluationSettings>;
  generation?: Partial<typeof task.generation>;
  /** Of a prompt. */
  said?: (prompt: string) => string;
}

function answersFile(): string {
  return join(folder, 'results', 'chat.jsonl');
}

/** The last question of an Alpaca prompt. */
function lastQuestion(prompt: string): string {
  return prompt.split('### Instruction:\n').at(-1)?.split('\n')[0] ?? '';
}

async function answer(
  questions: ConversationQuestion[],
  { model = {}, settings = {}, generation = {}, said }: Changes = {},
): Promise<Run> {
  const fake = new FakeModel(tokenizer, said ?? ((prompt) => ` Re: ${lastQuestion(prompt)} `));
  const asked = { ...task, generation: { ...task.generation, ...generation } };
  const result = await answerTurns(
    { protocol: 'judged', task: asked, questions },
    evaluated(fake, { contextLength: 1000, ...model }),
    { file: answersFile(), atOnce: 2, ...settings },
  );
  return { ...result, prompts: fake.prompts, fake };
}

describe('answers', () => {
  test('the second turns are asked with the first answers in sight', async () => {
    const questions = await questionsOf(two, one, { ...two, question_id: 82, turns: ['A?', 'B?'] });
    const { answers, prompts, fake } = await answer(questions);
    expect(fake.requests.map((request) => request.prompts.length)).toEqual([3, 2]);
    expect(fake.requests[0]).toMatchObject({ beams: 1, maxNewTokens: 8, atOnce: 2 });
    expect(prompts[4]).toContain(
      'First?\n\n### Response:\nRe: First?\n\n### Instruction:\nSecond?',
    );
    expect(answers.map(({ index, turn, text }) => [index, turn, text])).toEqual([
      ...[
        [0, 1, 'Re: First?'],
        [0, 2, 'Re: Second?'],
        [1, 1, 'Re: Sum?'],
      ],
      ...[
        [2, 1, 'Re: A?'],
        [2, 2, 'Re: B?'],
      ],
    ]);
    expect(answers[2]).toMatchObject({ id: 'x', category: 'math', question: 'Sum?' });
    expect(answers[2]?.reference).toBe('3');
    expect(new Set(answers.map(({ answerHash }) => answerHash)).size).toBe(5);
    const lines = readFileSync(answersFile(), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual(answers);
  });

  test('end where the model starts the next turn by itself, and it is stopped there', async () => {
    const questions = await questionsOf(one);
    const said = (): string => 'Three.\n\n### Instruction:\nMore';
    const { answers, fake } = await answer(questions, { said });
    expect(answers[0]?.text).toBe('Three.');
    expect(fake.stopped).toEqual([0]);
  });

  test('of categories with a temperature are drawn together, by numbers of their own', async () => {
    const other = { ...two, question_id: 82 };
    const generation = { temperatures: { writing: 0.7 }, seed: 3 };
    const drawn = async (...records: object[]) => {
      folder = emptyFolder();
      const { fake } = await answer(await questionsOf(...records), { generation });
      return fake.requests.flatMap(({ sampling = null }) => sampling ?? []);
    };
    const all = await drawn(two, one, other);
    const settings = { temperature: 0.7, topK: 0, topP: 1, seed: 3 };
    expect(all).toMatchObject([settings, settings]);
    const numbers = all.map((sampling) => sampling.numbers ?? []);
    expect(numbers.map(({ length }) => length)).toEqual([2, 2]);
    expect(new Set(numbers.flat()).size).toBe(4);
    // A part of them, in another place: what is drawn depends on question and turn.
    const alone = await drawn(one, other);
    expect(alone.map((sampling) => sampling.numbers)).toEqual(numbers.map((of) => [of[1]]));
  });

  test('are not asked for twice, and whatever a kill left, the file is the same in the end', async () => {
    const questions = await questionsOf(two, one, { ...two, question_id: 82 });
    await answer(questions);
    const whole = readFileSync(answersFile(), 'utf8');
    for (let length = 0; length <= whole.length; length += 97) {
      writeFileSync(answersFile(), whole.slice(0, length));
      const kept = whole.slice(0, length).split('\n').length - 1;
      const again = await answer(questions);
      expect(again.prompts).toHaveLength(5 - kept);
      expect(readFileSync(answersFile(), 'utf8')).toBe(whole);
    }
  });

  test('of another model or another question are refused, and set aside where that is wanted', async () => {
    await answer(await questionsOf(two, one));
    const questions = await questionsOf(two, one);
    expect((await answer(questions)).prompts).toEqual([]);
    const other = { model: { fingerprint: 'b' } };
    await expect(answer(questions, other)).rejects.toThrow('answers of another model');
    const notes: string[] = [];
    const settings = { replace: true, onNote: (note: string) => void notes.push(note) };
    expect((await answer(questions, { ...other, settings })).prompts).toHaveLength(3);
    expect(notes[0]).toContain('chat.jsonl.old');
    const changed = await questionsOf(two, { ...one, turns: ['Product?'] });
    await expect(answer(changed, other)).rejects.toThrow('question 2 as it was asked before');
    const later = await questionsOf({ ...two, turns: ['First?', 'Third?'] }, one);
    await expect(answer(later, other)).rejects.toThrow('question 1 as it was asked before');
    expect((await answer(later, { ...other, settings })).prompts).toHaveLength(1);
  });

  test('with another reference stand, and are another thing to judge', async () => {
    const before = await answer(await questionsOf(one));
    const after = await answer(await questionsOf({ ...one, reference: ['4'] }));
    expect(after.prompts).toEqual([]);
    expect(after.answers[0]).toMatchObject({ text: before.answers[0]?.text, reference: '4' });
    expect(after.answers[0]?.answerHash).not.toBe(before.answers[0]?.answerHash);
    expect(readFileSync(answersFile(), 'utf8').trimEnd().split('\n')).toHaveLength(1);
  });

  test('beyond the context are told', async () => {
    const model = { contextLength: 30 };
    expect((await answer(await questionsOf(two), { model })).beyondContext).toBe(2);
    folder = emptyFolder();
    expect((await answer(await questionsOf(two))).beyondContext).toBe(0);
  });

  test('are kept when it is cancelled, and gone on with', async () => {
    const questions = await questionsOf(two, one);
    const cancel = new AbortController();
    const onProgress = ({ done }: { done: number }): void => {
      if (done === 1) cancel.abort(new Error('cancelled'));
    };
    const settings = { signal: cancel.signal, onProgress };
    await expect(answer(questions, { settings })).rejects.toThrow('cancelled');
    expect((await answer(questions)).prompts).toHaveLength(2);
  });
});

describe('the template of a conversation', () => {
  const formatOf = (template: string, trained?: string, model = tokenizerFolder()) =>
    conversationsOf({ folder: model, tokenizer, trained })(template).name;

  test.each([
    ['auto', undefined, 'chat'],
    ['auto', 'paper', 'paper'],
    ['auto', 'chat', 'chat'],
    ['chat', 'paper', 'chat'],
    ['alpaca', 'chat', 'alpaca'],
    ['Q: {instruction}\n', undefined, 'Q: {instruction}\n'],
  ])('%s after training with %s is %s', (template, trained, name) => {
    expect(formatOf(template, trained)).toBe(name);
  });

  test('of a model without one is alpaca, unless its own is asked for', () => {
    const plain = emptyFolder();
    expect(formatOf('auto', undefined, plain)).toBe('alpaca');
    expect(() => formatOf('chat', undefined, plain)).toThrow('has no chat template');
  });
});
