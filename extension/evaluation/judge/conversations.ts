// Which template a model is asked in, in a conversation.
import { readChatTemplate, type ChatTemplate } from '../../model/chatTemplate';
import type { TextTokenizer } from '../../model/tokenizer';
import type { ExperimentSettings } from '../../shared/experiment';
import { isFailure } from '../../shared/failures';
import { chatFormat, instructionFormat, type ConversationFormat } from './conversationFormat';

export interface ConversationModel {
  /** Of the model, where its chat template is. */
  folder: string;
  tokenizer: TextTokenizer;
  /** What it was trained with, where that is known. */
  trained?: string | undefined;
}

/** What `auto` means: the template of the training, else the model's own chat template, else alpaca. */
export function conversationsOf(
  model: ConversationModel,
): (template: string) => ConversationFormat {
  const { folder, tokenizer, trained } = model;
  return (template) => {
    const name = template === 'auto' ? trained : template;
    if (name !== undefined && name !== 'chat') return instructionFormat(name, tokenizer);
    const chat = name === 'chat' ? readChatTemplate(folder, tokenizer.special) : ownTemplate(model);
    return chat === undefined
      ? instructionFormat('alpaca', tokenizer)
      : chatFormat(chat, tokenizer);
  };
}

/** Undefined for records that are not put into a template. */
export function trainedTemplate({ data }: ExperimentSettings): string | undefined {
  if (data.format === 'chat') return 'chat';
  return data.format === 'instruction' ? data.template : undefined;
}

function ownTemplate({ folder, tokenizer }: ConversationModel): ChatTemplate | undefined {
  try {
    return readChatTemplate(folder, tokenizer.special);
  } catch (error) {
    if (isFailure(error) && error.code === 'chat-template-missing') return undefined;
    throw error;
  }
}
