// From a record of any format to the text that is trained on.
import type { ChatMessage, ChatTemplate } from '../model/chatTemplate';
import { Columns, type DataFormat } from './columns';
import type { DataRecord } from './records';
import { textTemplate, type Instruction, type RenderedText } from './template';

export interface Renderer {
  /** Throws what `render` would throw, at the least cost. */
  check(record: DataRecord): void;
  render(record: DataRecord): RenderedText;
  /** What stands before the answer to a request that is no record. */
  prompt(request: string): string;
  /** A text is trained as it stands, a chat may write special tokens itself, to anything else the end token is added. */
  kind: 'prompt' | 'chat' | 'text';
}

export interface RenderSettings {
  format: DataFormat;
  columns: Record<string, string>;
  template: string;
}

/** `chat` is asked for only when the settings need the model's own template; it throws when there is none. */
export function createRenderer(settings: RenderSettings, chat: () => ChatTemplate): Renderer {
  const columns = new Columns(settings.format, settings.columns);
  switch (settings.format) {
    case 'instruction':
      return settings.template === 'chat'
        ? chatRenderer(chat(), (record) => instructionAsChat(columns, record))
        : instructionRenderer(columns, settings.template);
    case 'chat':
      return chatRenderer(chat(), (record) => columns.messages(record));
    case 'completion':
      return plainRenderer((record) => {
        const prompt = columns.text(record, 'prompt');
        const text = prompt + columns.text(record, 'completion');
        return { text, answers: [[prompt.length, text.length]] };
      }, asItIs);
    case 'text':
      return {
        ...plainRenderer((record) => renderWhole(columns.text(record, 'text')), asItIs),
        kind: 'text',
      };
  }
}

function asItIs(request: string): string {
  return request;
}

function renderWhole(text: string): RenderedText {
  return { text, answers: [[0, text.length]] };
}

function plainRenderer(
  render: (record: DataRecord) => RenderedText,
  prompt: (request: string) => string,
): Renderer {
  return { check: render, render, prompt, kind: 'prompt' };
}

function instructionRenderer(columns: Columns, name: string): Renderer {
  const template = textTemplate(name);
  return plainRenderer(
    (record) => template(readInstruction(columns, record), columns.text(record, 'output')),
    (request) => beforeAnswer(template({ instruction: request, input: '' }, '')),
  );
}

/** The text up to its first answer. */
export function beforeAnswer({ text, answers }: RenderedText): string {
  return text.slice(0, answers[0]?.[0] ?? text.length);
}

function readInstruction(columns: Columns, record: DataRecord): Instruction {
  return {
    instruction: columns.text(record, 'instruction'),
    input: columns.optionalText(record, 'input'),
  };
}

function instructionAsChat(columns: Columns, record: DataRecord): ChatMessage[] {
  const { instruction, input } = readInstruction(columns, record);
  const question = input === '' ? instruction : `${instruction}\n\n${input}`;
  return [
    { role: 'user', content: question },
    { role: 'assistant', content: columns.text(record, 'output') },
  ];
}

function chatRenderer(
  template: ChatTemplate,
  read: (record: DataRecord) => ChatMessage[],
): Renderer {
  return {
    check: (record) => template.render(read(record), false),
    render: (record) => renderChat(template, read(record)),
    prompt: (request) => template.render([{ role: 'user', content: request }], true),
    kind: 'chat',
  };
}

/**
 * The answers are the assistant's turns: what the template adds between the header of the turn and the next message.
 * A template that writes an earlier turn otherwise once more follow it (dropping its reasoning) leaves that turn out.
 */
function renderChat(template: ChatTemplate, messages: ChatMessage[]): RenderedText {
  const text = template.render(messages, false);
  const answers: [number, number][] = [];
  messages.forEach((message, i) => {
    if (message.role !== 'assistant') return;
    const before = template.render(messages.slice(0, i), true);
    const after = template.render(messages.slice(0, i + 1), false);
    if (after.startsWith(before) && text.startsWith(after)) {
      answers.push([before.length, after.length]);
    }
  });
  return { text, answers };
}
