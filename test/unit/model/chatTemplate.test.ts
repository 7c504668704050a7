// Chat templates: where they are found, what they are given, and how they fail.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readChatTemplate } from '../../../extension/model/chatTemplate';
import type { JsonObject } from '../../../extension/model/jsonFile';
import { emptyFolder, failureOf } from './modelFixture';

const messages = [
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello' },
];
const special = { bos: '<s>', eos: '</s>' };
const chatml =
  "{{ bos_token }}{% for m in messages %}{{ '<' + m['role'] + '>' + m['content'] | trim + eos_token }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<assistant>' }}{% endif %}";

function folderWith(settings: JsonObject): string {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(settings));
  return folder;
}

describe('found', () => {
  test('in tokenizer_config.json', () => {
    const template = readChatTemplate(folderWith({ chat_template: chatml }), special);
    expect(template.render(messages, false)).toBe('<s><user>Hi</s><assistant>Hello</s>');
    expect(template.render(messages.slice(0, 1), true)).toBe('<s><user>Hi</s><assistant>');
  });

  test('as the one named default of several', () => {
    const list = [
      { name: 'tool_use', template: 'x' },
      { name: 'default', template: 'y' },
    ];
    const template = readChatTemplate(folderWith({ chat_template: list }), special);
    expect(template.render(messages, false)).toBe('y');
  });

  test('in a file of its own before that', () => {
    const folder = folderWith({ chat_template: 'x' });
    writeFileSync(join(folder, 'chat_template.jinja'), 'own {{ messages | length }}');
    expect(readChatTemplate(folder, special).render(messages, false)).toBe('own 2');
  });
});

describe('refused', () => {
  test('none', async () => {
    const { message } = await failureOf(() => readChatTemplate(emptyFolder(), special));
    expect(message).toMatch(/has no chat template .*set "template" to paper, alpaca or a text/);
  });

  test('another kind of value', async () => {
    const { message } = await failureOf(() =>
      readChatTemplate(folderWith({ chat_template: 3 }), special),
    );
    expect(message).toMatch(/"chat_template" must be a text .*but it is 3/);
  });

  test('a broken template', async () => {
    const folder = folderWith({ chat_template: '{% for m in messages %}' });
    expect((await failureOf(() => readChatTemplate(folder, special))).message).toMatch(
      /tokenizer_config\.json: the chat template failed: /,
    );
  });

  test('a template that raises', async () => {
    const text = "{{ raise_exception('roles must alternate') }}";
    const template = readChatTemplate(folderWith({ chat_template: text }), special);
    const { message } = await failureOf(() => template.render(messages, false));
    expect(message).toMatch(/the chat template failed: roles must alternate\.$/);
  });
});
