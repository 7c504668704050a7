// What comes back from an endpoint that speaks OpenAI's chat completions: a reply, or why there is none.
import { isObject } from '../../model/jsonFile';
import type { JudgeReply } from './judge';
import { parseOrUndefined } from '../../runs/lineLog';

/** Undefined for what is no chat completion. */
export function readCompletion(body: string): JudgeReply | undefined {
  const value = parseOrUndefined(body);
  if (!isObject(value) || !Array.isArray(value.choices)) return undefined;
  const [choice] = value.choices as unknown[];
  if (!isObject(choice) || !isObject(choice.message)) return undefined;
  const text = textOf(choice.message);
  if (text === undefined) return undefined;
  return { text, ...(typeof value.model === 'string' && { served: value.model }) };
}

/** A text, a list of parts, or nothing beside a refusal. */
function textOf({ content, refusal }: Record<string, unknown>): string | undefined {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) {
    const parts: unknown[] = content;
    return parts
      .map((part) => (isObject(part) && typeof part.text === 'string' ? part.text : ''))
      .join('');
  }
  if (content !== null && content !== undefined) return undefined;
  return typeof refusal === 'string' ? refusal : '';
}

export interface EndpointError {
  /** One line, without the full stop. */
  message: string;
  code: string;
}

const longestMessage = 300;

export function readError(body: string): EndpointError {
  const value = parseOrUndefined(body);
  const error = isObject(value) ? (value.error ?? value) : value;
  const fields = isObject(error) ? error : {};
  const told = [fields.message, fields.detail, error].find((one) => typeof one === 'string');
  const plain = typeof told === 'string' ? told : isObject(value) ? '' : body;
  // Pages of markup say nothing in one line.
  const message = plain.trimStart().startsWith('<') ? '' : plain.replace(/\s+/g, ' ').trim();
  return {
    message: message.slice(0, longestMessage).replace(/\.$/, ''),
    code: typeof fields.code === 'string' ? fields.code : '',
  };
}
