// A model's own chat template (Jinja), from chat_template.jinja or tokenizer_config.json.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { Failure } from '../shared/failures';
import { Fields } from './fields';
import { isObject, readJsonObject, readText } from './jsonFile';
import type { SpecialTokens } from './tokenizer';

export interface ChatMessage {
  role: string;
  content: string;
}

export class ChatTemplate {
  private readonly template: Template;

  constructor(
    source: string,
    private readonly file: string,
    private readonly special: SpecialTokens,
  ) {
    try {
      this.template = new Template(source);
    } catch (error) {
      throw this.failed(error);
    }
  }

  /** `addGenerationPrompt`: ends with the header of the assistant's next turn. */
  render(messages: ChatMessage[], addGenerationPrompt: boolean): string {
    try {
      return this.template.render({
        messages: messages.map((message) => ({ ...message })),
        add_generation_prompt: addGenerationPrompt,
        tools: null,
        documents: null,
        bos_token: this.special.bos ?? '',
        eos_token: this.special.eos ?? '',
        pad_token: this.special.pad ?? '',
        unk_token: this.special.unk ?? '',
      });
    } catch (error) {
      throw this.failed(error);
    }
  }

  private failed(error: unknown): Failure {
    const problem = (error instanceof Error ? error.message : String(error)).replace(/\.\s*$/, '');
    return new Failure('chat-template-failed', { file: this.file, problem });
  }
}

/** Refused when the folder has none. */
export function readChatTemplate(folder: string, special: SpecialTokens): ChatTemplate {
  const found = findChatTemplate(folder);
  if (found === undefined) throw new Failure('chat-template-missing', { folder });
  return new ChatTemplate(found.source, found.file, special);
}

/** Where the folder has its template, and the template's text; undefined for a folder without. */
export function findChatTemplate(folder: string): { file: string; source: string } | undefined {
  const own = join(folder, 'chat_template.jinja');
  if (existsSync(own)) return { file: own, source: readText(own, 'the chat template') };
  const file = join(folder, 'tokenizer_config.json');
  const source = existsSync(file) ? templateOf(file) : undefined;
  return source === undefined ? undefined : { file, source };
}

/** A text, or a list of named templates of which "default" is meant. */
function templateOf(file: string): string | undefined {
  const fields = new Fields(file, readJsonObject(file, 'the settings of the tokenizer'));
  if (!fields.has('chat_template')) return undefined;
  const value = fields.raw('chat_template');
  if (typeof value === 'string') return value;
  const list: unknown[] = Array.isArray(value) ? value : [];
  const entry = list.find((item) => isObject(item) && item.name === 'default');
  if (isObject(entry) && typeof entry.template === 'string') return entry.template;
  throw fields.refused('chat_template', 'must be a text or a list with a template named "default"');
}
