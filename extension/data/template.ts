// From an instruction, its input and its answer to the text that a model reads.
import { Failure } from '../shared/failures';
import { nearestName } from '../shared/nearest';

/** A text and the parts of it, as character ranges, that are the answer. */
export interface RenderedText {
  text: string;
  answers: [start: number, end: number][];
}

export interface Instruction {
  instruction: string;
  input: string;
}

/** What comes before the answer. */
export type PromptTemplate = (record: Instruction) => string;

const indent = ' '.repeat(16);
const task = 'Below is an instruction that describes a task';
const taskWithInput = `${task}, paired with an input that provides further context`;
const request = 'Write a response that appropriately completes the request.';

/** The training text of the LLM-Adapters scripts, with the white space that their indentation put into it. */
export const paperTraining: PromptTemplate = ({ instruction, input }) => {
  const gap = `\n${indent}\n${indent}`;
  const asked = `${indent}### Instruction:\n${indent}${instruction}`;
  const given = `${gap}### Input:\n${indent}${input}`;
  const answer = `${gap}### Response:\n${indent}`;
  return input === ''
    ? `${task}. ${request}  \n\n${asked}${answer}`
    : `${taskWithInput}. ${request} \n\n${asked}${given}${answer}`;
};

/** The evaluation prompt of the same scripts: other white space, and that is what the paper measured. */
export const paperEvaluation: PromptTemplate = ({ instruction, input }) => {
  const gap = `\n\n${indent}`;
  const asked = `${indent}### Instruction:\n${indent}${instruction}`;
  const given = `${gap}### Input:\n${indent}${input}`;
  const answer = `${gap}### Response:\n${indent}`;
  return input === ''
    ? `${task}. ${request} \n\n${asked}${answer}`
    : `${taskWithInput}. ${request}\n\n${asked}${given}${answer}`;
};

export const alpaca: PromptTemplate = ({ instruction, input }) => {
  const answer = '\n\n### Response:\n';
  return input === ''
    ? `${task}. ${request}\n\n### Instruction:\n${instruction}${answer}`
    : `${taskWithInput}. ${request}\n\n### Instruction:\n${instruction}\n\n### Input:\n${input}${answer}`;
};

export type TextTemplate = (record: Instruction, output: string) => RenderedText;

const named: Record<string, PromptTemplate> = { paper: paperTraining, alpaca };
const evaluationNamed: Record<string, PromptTemplate> = { paper: paperEvaluation, alpaca };
const placeholders = ['instruction', 'input', 'output'];
const placeholder = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** `template`: paper, alpaca, or a text with placeholders. The model's own is in render.ts. */
export function textTemplate(template: string): TextTemplate {
  const prompt = Object.hasOwn(named, template) ? named[template] : undefined;
  if (prompt === undefined) return ownTemplate(template);
  return (record, output) => {
    const before = prompt(record);
    return { text: before + output, answers: [[before.length, before.length + output.length]] };
  };
}

/** The prompt of a question: paper, alpaca, or a text, of which what stands before {output} is the prompt. */
export function evaluationPrompt(template: string): PromptTemplate {
  const prompt = Object.hasOwn(evaluationNamed, template) ? evaluationNamed[template] : undefined;
  if (prompt !== undefined) return prompt;
  const text = template.includes('{output}') ? template : `${template}{output}`;
  const before = ownTemplate(text.slice(0, text.indexOf('{output}')) + '{output}');
  return (record) => before(record, '').text;
}

/** Everything from the last {output} on is the answer: what follows it has to be learnt too. */
function ownTemplate(template: string): TextTemplate {
  checkPlaceholders(template);
  return ({ instruction, input }, output) => {
    const values: Record<string, string> = { instruction, input, output };
    let text = '';
    let end = 0;
    let answerStart = 0;
    for (const match of template.matchAll(placeholder)) {
      text += template.slice(end, match.index);
      const name = match[1] ?? '';
      if (name === 'output') answerStart = text.length;
      text += values[name] ?? '';
      end = match.index + match[0].length;
    }
    text += template.slice(end);
    return { text, answers: [[answerStart, text.length]] };
  };
}

function checkPlaceholders(template: string): void {
  const used = [...template.matchAll(placeholder)].map((match) => match[1] ?? '');
  const known = 'it can hold {instruction}, {input} and {output}';
  const unknown = used.find((name) => !placeholders.includes(name));
  if (unknown !== undefined) {
    const problem = `has the unknown placeholder {${unknown}}; ${known}`;
    throw new Failure('template-invalid', { problem });
  }
  if (used.length === 0) {
    const nearest = nearestName(template, ['paper', 'alpaca', 'chat']);
    const hint = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
    const choices = 'paper, alpaca, chat or a text with {instruction}, {input} and {output}';
    const quoted = JSON.stringify(template.length > 60 ? `${template.slice(0, 57)}...` : template);
    throw new Failure('template-invalid', {
      problem: `has no placeholder: ${quoted} must be ${choices}${hint}`,
    });
  }
  if (!used.includes('output')) {
    throw new Failure('template-invalid', {
      problem: 'has no {output}, so the model would never see an answer',
    });
  }
}
