// From a prompt, and a conversation before it, to what the model reads.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readPrompt, type PromptPlace } from '../../../extension/cli/playground/modelPrompt';
import { emptyFolder } from '../model/modelFixture';
import { tokenizer } from './digitsTokenizer';

describe('a prompt', () => {
  const place = { folder: __dirname, tokenizer, contextLength: 64 };
  const textOf = (form: string) =>
    tokenizer.decode(readPrompt({ prompt: 'hello', form }, place).tokens);

  it('is put as it stands, or in a template up to the answer', () => {
    expect(textOf('plain')).toBe('hello');
    expect(textOf('Q: {instruction} A: {output}!')).toBe('Q: hello A: ');
  });

  it('of nothing, or longer than the context, is refused', () => {
    expect(() => readPrompt({ prompt: '', form: 'plain' }, place)).toThrow(/empty/);
    const prompt = '1 '.repeat(64);
    expect(() => readPrompt({ prompt, form: 'plain' }, place)).toThrow(/context is 64/);
  });

  it('as chat needs a chat template', () => {
    expect(() => readPrompt({ prompt: 'hello', form: 'chat' }, place)).toThrow(
      /no chat template .* ask in another form/,
    );
  });

  it('with earlier turns is nothing but chat', () => {
    const before = [{ prompt: 'a', answer: 'b' }];
    expect(() => readPrompt({ prompt: 'hello', form: 'plain', before }, place)).toThrow(/"chat"/);
    const system = 'Be brief.';
    expect(() => readPrompt({ prompt: 'hello', form: 'paper', system }, place)).toThrow(/"chat"/);
  });
});

describe('a conversation', () => {
  const template = `{% for message in messages %}<{{ message['role'] }}>{{ message['content'] }}END
{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}`;
  let place: PromptPlace;
  const write = (source: string): void => {
    writeFileSync(join(place.folder, 'chat_template.jinja'), source);
  };
  const before = [
    { prompt: 'one?', answer: '1' },
    { prompt: 'two?', answer: '2' },
  ];
  const asked = { prompt: 'three?', form: 'chat', system: 'Count.', before };

  beforeEach(() => {
    place = { folder: emptyFolder(), tokenizer, contextLength: 512 };
    write(template);
  });

  it('is written by the template of the model, with its system prompt and its own answers', () => {
    const { tokens, stopTexts } = readPrompt(asked, place);
    expect(tokenizer.decode(tokens)).toBe(
      '<system>Count.END\n<user>one?END\n<assistant>1END\n<user>two?END\n<assistant>2END\n' +
        '<user>three?END\n<assistant>',
    );
    expect(stopTexts).toEqual(['END']);
  });

  it('that leaves no room in the context is refused, never cut', () => {
    const { length } = readPrompt(asked, place).tokens;
    expect(readPrompt(asked, { ...place, contextLength: length + 1 }).tokens).toHaveLength(length);
    expect(() => readPrompt(asked, { ...place, contextLength: length })).toThrow(
      `The conversation has ${length} tokens, but the model's context is ${length}`,
    );
  });

  it('whose template leaves the system prompt out, or refuses it, says so', () => {
    write(template.replace('{% for message in messages %}', '{% for message in messages[1:] %}'));
    expect(() => readPrompt(asked, place)).toThrow(/leaves out the system prompt/);
    write("{{ raise_exception('System role not supported') }}");
    expect(() => readPrompt(asked, place)).toThrow(/System role not supported/);
  });
});
