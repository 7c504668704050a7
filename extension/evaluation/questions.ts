// The questions of a task, as prompts.
import { createHash } from 'node:crypto';
import { Columns } from '../data/columns';
import { readRecords } from '../data/records';
import { evaluationPrompt } from '../data/template';
import { questionsFile, type GenerationTask } from './task';

export interface Question {
  /** 0 for the first of the file. */
  index: number;
  prompt: string;
  /** First 16 hexadecimal digits of the prompt's sha256. */
  promptHash: string;
  /** The right answer. */
  answer: string;
}

/** `limit`: only the first so many; 0 for all. */
export async function readQuestions(
  task: GenerationTask,
  dataFolder: string,
  limit: number,
): Promise<Question[]> {
  const records = await readRecords([questionsFile(task, dataFolder)]);
  // A column of the field's own name is not a mapping: such an input may be left out.
  const mapping = Object.entries(task.columns).filter(([field, column]) => field !== column);
  const columns = new Columns('question', Object.fromEntries(mapping));
  const prompt = evaluationPrompt(task.template);
  const asked = limit === 0 ? records : records.slice(0, limit);
  return asked.map((record, index) => {
    const text = prompt({
      instruction: columns.text(record, 'instruction'),
      input: columns.optionalText(record, 'input'),
    });
    const promptHash = createHash('sha256').update(text).digest('hex').slice(0, 16);
    return { index, prompt: text, promptHash, answer: columns.text(record, 'answer') };
  });
}
