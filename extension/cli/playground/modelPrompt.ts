// From what the user typed, and a conversation so far, to the tokens that a model reads.
import { evaluationPrompt } from '../../data/template';
import { chatFormat } from '../../evaluation/judge/conversationFormat';
import { findChatTemplate, readChatTemplate } from '../../model/chatTemplate';
import type { TextTokenizer } from '../../model/tokenizer';
import { Failure } from '../../shared/failures';
import type { ConversationTurn } from '../../shared/playground';

export interface PromptPlace {
  /** The model's folder, which may have a chat template. */
  folder: string;
  tokenizer: TextTokenizer;
  contextLength: number;
}

export interface AskedPrompt {
  prompt: string;
  /** plain, chat, or a template of instructions. */
  form: string;
  system?: string | undefined;
  before?: readonly ConversationTurn[] | undefined;
}

export interface ModelPrompt {
  tokens: Int32Array;
  /** What ends an answer beside the model's own end tokens. */
  endTokens: readonly number[];
  stopTexts: readonly string[];
}

/** Nothing is ever cut: refused where no token or no room for an answer is left. */
export function readPrompt(asked: AskedPrompt, place: PromptPlace): ModelPrompt {
  const { form, system = '', before = [] } = asked;
  const isConversation = system !== '' || before.length > 0;
  if (isConversation && form !== 'chat') throw new Failure('conversation-impossible', { form });
  const prompt = form === 'chat' ? chatPrompt(asked, place) : singlePrompt(asked, place);
  const { length } = prompt.tokens;
  if (length === 0) throw new Failure('prompt-empty', { form });
  const { contextLength } = place;
  if (length >= contextLength) {
    const code = before.length > 0 ? 'conversation-too-long' : 'prompt-too-long';
    throw new Failure(code, { tokens: length, contextLength });
  }
  return prompt;
}

function chatPrompt(asked: AskedPrompt, { folder, tokenizer }: PromptPlace): ModelPrompt {
  const { prompt, system = '', before = [] } = asked;
  if (findChatTemplate(folder) === undefined) {
    throw new Failure('conversation-template-missing', { folder });
  }
  const format = chatFormat(readChatTemplate(folder, tokenizer.special), tokenizer, system);
  const text = format.prompt(
    [...before.map((turn) => turn.prompt), prompt],
    before.map(({ answer }) => answer),
  );
  if (!text.includes(system.trim())) throw new Failure('system-prompt-ignored', { folder });
  const { endTokens, stopTexts } = format;
  return { tokens: format.encode(text), endTokens, stopTexts };
}

/** Nothing ends a prompt, whatever the tokenizer puts after a text. */
function singlePrompt({ prompt, form }: AskedPrompt, { tokenizer }: PromptPlace): ModelPrompt {
  const text =
    form === 'plain' ? prompt : evaluationPrompt(form)({ instruction: prompt, input: '' });
  const tokens = Int32Array.from([...tokenizer.prefix, ...tokenizer.encodePlain(text)]);
  return { tokens, endTokens: [], stopTexts: [] };
}
