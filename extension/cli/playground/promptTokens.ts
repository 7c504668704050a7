// From what the user typed to the tokens that a model reads.
import { evaluationPrompt } from '../../data/template';
import { readChatTemplate } from '../../model/chatTemplate';
import type { TextTokenizer } from '../../model/tokenizer';
import { Failure } from '../../shared/failures';

export interface PromptPlace {
  /** The model's folder, which may have a chat template. */
  folder: string;
  tokenizer: TextTokenizer;
  contextLength: number;
}

/** `form`: plain, chat, or a template of instructions. Refused where no token or no room for an answer is left. */
export function promptTokens(prompt: string, form: string, place: PromptPlace): Int32Array {
  const tokens = encode(prompt, form, place);
  if (tokens.length === 0) throw new Failure('prompt-empty', { form });
  const { contextLength } = place;
  if (tokens.length >= contextLength) {
    throw new Failure('prompt-too-long', { tokens: tokens.length, contextLength });
  }
  return Int32Array.from(tokens);
}

/** Nothing ends a prompt, whatever the tokenizer puts after a text. */
function encode(prompt: string, form: string, { folder, tokenizer }: PromptPlace): number[] {
  const { prefix } = tokenizer;
  if (form === 'chat') {
    const template = readChatTemplate(folder, tokenizer.special);
    const own = tokenizer.encodePlain(template.render([{ role: 'user', content: prompt }], true));
    // The template may have written the prefix already.
    const isPrefixed = prefix.every((id, index) => own[index] === id);
    return isPrefixed ? own : [...prefix, ...own];
  }
  const text =
    form === 'plain' ? prompt : evaluationPrompt(form)({ instruction: prompt, input: '' });
  return [...prefix, ...tokenizer.encodePlain(text)];
}
