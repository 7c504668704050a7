// The questions of a generation task, as prompts; and what the questions of every task are read with.
import { Columns } from '../data/columns';
import { readRecords, type DataRecord } from '../data/records';
import { evaluationPrompt } from '../data/template';
import { shortHash } from './hash';
import { questionsFile, type ChoiceTask, type GenerationTask } from './task';

export interface Question {
  /** 0 for the first of the file. */
  index: number;
  prompt: string;
  /** First 16 hexadecimal digits of the prompt's sha256. */
  promptHash: string;
  /** The right answer. */
  answer: string;
}

/** `limit`: only the first so many questions; 0 for all. */
export async function readQuestions(
  task: GenerationTask,
  dataFolder: string,
  limit: number,
): Promise<Question[]> {
  const records = await readAsked(task, dataFolder, limit);
  const columns = questionColumns(task);
  const prompt = evaluationPrompt(task.template);
  return records.map((record, index) => {
    const text = prompt({
      instruction: columns.text(record, 'instruction'),
      input: columns.optionalText(record, 'input'),
    });
    const answer = columns.plainText(record, 'answer');
    return { index, prompt: text, promptHash: shortHash(text), answer };
  });
}

export async function readAsked(
  task: GenerationTask | ChoiceTask,
  dataFolder: string,
  limit: number,
): Promise<DataRecord[]> {
  const records = await readRecords([questionsFile(task, dataFolder)]);
  return limit === 0 ? records : records.slice(0, limit);
}

export function questionColumns({ columns }: GenerationTask | ChoiceTask): Columns {
  // A column of the field's own name is not a mapping: such an input may be left out.
  const mapping = Object.entries(columns).filter(([field, column]) => field !== column);
  return new Columns('question', Object.fromEntries(mapping));
}
