// The questions of a multiple-choice task: what stands before each choice, the choices, and which one is right.
import type { Columns } from '../data/columns';
import { refuseRecord, type DataRecord } from '../data/records';
import { evaluationPrompt } from '../data/template';
import { isObject, nameOfValue } from '../model/jsonFile';
import { shortHash } from './hash';
import { questionColumns, readAsked, type Question } from './questions';
import type { ChoiceTask } from './task';

export interface ChoiceQuestion extends Question {
  choices: string[];
  /** Of each choice: what is read before it is measured, and what is measured. */
  pairs: { context: string; continuation: string }[];
  /** Index of the right choice. */
  right: number;
}

/** `limit`: only the first so many questions; 0 for all. */
export async function readChoiceQuestions(
  task: ChoiceTask,
  dataFolder: string,
  limit: number,
): Promise<ChoiceQuestion[]> {
  const records = await readAsked(task, dataFolder, limit);
  const columns = questionColumns(task);
  const prompt = evaluationPrompt(task.template);
  return records.map((record, index) => {
    const instruction = columns.text(record, 'instruction');
    const choices = choicesOf(task, record, instruction);
    const text = prompt({
      instruction: questionOf(task, record, instruction),
      input: columns.optionalText(record, 'input'),
    });
    const pairs = pairsOf(task, record, text, choices);
    const right = rightOf(task, record, columns, choices);
    const answer = choices[right] ?? '';
    const promptHash = shortHash(JSON.stringify(pairs));
    return { index, prompt: text, promptHash, answer, choices, pairs, right };
  });
}

function questionOf({ question }: ChoiceTask, record: DataRecord, instruction: string): string {
  if (question === undefined) return instruction;
  const found = new RegExp(question, 'u').exec(instruction)?.[1];
  if (found !== undefined) return found;
  throw refuseRecord(record, `"question" of the task, /${question}/, matches nothing in it`);
}

function choicesOf(
  { choices: from }: ChoiceTask,
  record: DataRecord,
  instruction: string,
): string[] {
  const found = listedChoices(from, record, instruction);
  const empty = found.findIndex((choice) => choice.trim() === '');
  if (empty >= 0) throw refuseRecord(record, `choice ${empty + 1} is empty`);
  if (found.length >= 2) return found;
  throw refuseRecord(record, `it has ${found.length === 0 ? 'no choices' : 'one choice only'}`);
}

function listedChoices(
  from: ChoiceTask['choices'],
  record: DataRecord,
  instruction: string,
): string[] {
  if (Array.isArray(from)) return from;
  if ('pattern' in from) {
    return [...instruction.matchAll(new RegExp(from.pattern, 'gu'))].map((match) => match[1] ?? '');
  }
  if ('columns' in from) return from.columns.map((column) => textIn(record, column));
  const value = valueIn(record, from.column);
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  // As Hugging Face's sets have it.
  if (isObject(value) && 'text' in value) {
    return listedChoices({ column: 'text' }, { ...record, columns: value }, instruction);
  }
  const problem = `column "${from.column}" holds ${nameOfValue(value)}, not a list of texts`;
  throw refuseRecord(record, problem);
}

function textIn(record: DataRecord, column: string): string {
  const value = valueIn(record, column);
  if (typeof value === 'string') return value;
  throw refuseRecord(record, `column "${column}" holds ${nameOfValue(value)}, not a text`);
}

function valueIn(record: DataRecord, column: string): unknown {
  if (Object.hasOwn(record.columns, column)) return record.columns[column];
  throw refuseRecord(record, `it has no column "${column}" for the choices`);
}

function pairsOf(
  { blank, delimiter }: ChoiceTask,
  record: DataRecord,
  prompt: string,
  choices: readonly string[],
): ChoiceQuestion['pairs'] {
  if (blank === undefined) {
    return choices.map((choice) => ({ context: prompt, continuation: delimiter + choice }));
  }
  const at = prompt.indexOf(blank);
  // One delimiter follows the choice, however many spaces the record has there, as in lm-evaluation-harness.
  const after = prompt.slice(at + blank.length).trim();
  if (at < 0) throw refuseRecord(record, `it has no ${JSON.stringify(blank)} to fill in`);
  if (after === '') throw refuseRecord(record, 'nothing follows the blank that could be measured');
  const before = prompt.slice(0, at);
  return choices.map((choice) => ({
    context: before + choice,
    continuation: delimiter + after,
  }));
}

function rightOf(
  { answerIs }: ChoiceTask,
  record: DataRecord,
  columns: Columns,
  choices: readonly string[],
): number {
  const answer = columns.plainText(record, 'answer').trim();
  const right = placeOf(answerIs, answer, choices);
  if (Number.isInteger(right) && right >= 0 && right < choices.length) return right;
  const shown = nameOfValue(answer);
  throw refuseRecord(record, `its answer ${shown} is none of its ${choices.length} choices`);
}

function placeOf(
  answerIs: ChoiceTask['answerIs'],
  answer: string,
  choices: readonly string[],
): number {
  switch (answerIs) {
    case 'text':
      return choices.findIndex((choice) => choice.trim() === answer);
    case 'number':
      return Number(/\d+/.exec(answer)?.[0] ?? NaN) - 1;
    case 'index':
      return answer === '' ? NaN : Number(answer);
    case 'letter':
      return /^[A-Za-z]$/.test(answer) ? answer.toUpperCase().charCodeAt(0) - 65 : NaN;
  }
}
