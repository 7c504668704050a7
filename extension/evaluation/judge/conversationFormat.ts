// A conversation so far as what a model continues: by its own chat template, or by the instruction template that it
// was tuned with, one instruction after another.
import { evaluationPrompt } from '../../data/template';
import type { ChatMessage, ChatTemplate } from '../../model/chatTemplate';
import type { TextTokenizer } from '../../model/tokenizer';

export interface ConversationFormat {
  /** Its name: chat, paper, alpaca, or the template's text. */
  name: string;
  /** `answers`: to all turns but the last, which is the one to be answered. */
  prompt: (turns: readonly string[], answers: readonly string[]) => string;
  encode: (prompt: string) => Int32Array;
  /** What ends an answer beside the model's own end tokens. */
  endTokens: readonly number[];
  /** A model that starts the user's next turn by itself has ended its answer. */
  stopTexts: readonly string[];
}

/** `system`: what the conversation begins with; empty for nothing. */
export function chatFormat(
  template: ChatTemplate,
  tokenizer: TextTokenizer,
  system = '',
): ConversationFormat {
  const first = system === '' ? [] : [{ role: 'system', content: system }];
  const prompt = (turns: readonly string[], answers: readonly string[]): string =>
    template.render([...first, ...chatOf(turns, answers)], true);
  return { name: 'chat', prompt, encode: encoderOf(tokenizer), ...endOf(template, tokenizer) };
}

const instructionHead = '### Instruction:';

/** `name`: paper, alpaca, or a text with {instruction}. The words before the first instruction are said once. */
export function instructionFormat(name: string, tokenizer: TextTokenizer): ConversationFormat {
  const template = evaluationPrompt(name);
  const render = (instruction: string): string => template({ instruction, input: '' });
  const [head = ''] = /^[^\S\n]*### Instruction:/m.exec(render('')) ?? [];
  const turnOf = (question: string, i: number): string => {
    const text = render(question);
    return i === 0 || head === '' ? text : text.slice(text.indexOf(head));
  };
  return {
    name,
    prompt: (turns, answers) =>
      turns
        .map((question, i) => {
          const answer = answers[i];
          return turnOf(question, i) + (answer === undefined ? '' : `${answer}\n\n`);
        })
        .join(''),
    encode: (prompt) => Int32Array.from(tokenizer.encode(prompt)),
    endTokens: [],
    stopTexts: head === '' ? [] : [instructionHead],
  };
}

function chatOf(turns: readonly string[], answers: readonly string[]): ChatMessage[] {
  return turns.flatMap((question, i): ChatMessage[] => {
    const answer = answers[i];
    const asked = { role: 'user', content: question };
    return answer === undefined ? [asked] : [asked, { role: 'assistant', content: answer }];
  });
}

/** The template may have written what begins a text already. */
function encoderOf(tokenizer: TextTokenizer): ConversationFormat['encode'] {
  return (prompt) => {
    const own = tokenizer.encodePlain(prompt);
    const isBegun = tokenizer.prefix.every((id, i) => own[i] === id);
    return Int32Array.from(isBegun ? own : [...tokenizer.prefix, ...own]);
  };
}

/** What the template writes after an answer: many models end a turn with another token than a text. */
function endOf(
  template: ChatTemplate,
  tokenizer: TextTokenizer,
): Pick<ConversationFormat, 'endTokens' | 'stopTexts'> {
  const answer = 'An answer 7f3a';
  const whole = template.render(chatOf(['A question'], [answer]), false);
  const place = whole.lastIndexOf(answer);
  const end = place < 0 ? '' : whole.slice(place + answer.length).trim();
  if (end === '') return { endTokens: [], stopTexts: [] };
  const [first] = tokenizer.encodePlain(end);
  const isSpecial = first !== undefined && tokenizer.decode([first], { skipSpecial: true }) === '';
  return isSpecial ? { endTokens: [first], stopTexts: [] } : { endTokens: [], stopTexts: [end] };
}
