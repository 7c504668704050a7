// The texts of a perplexity task.
import { extname } from 'node:path';
import { Columns } from '../data/columns';
import { readRecords } from '../data/records';
import { readText } from '../model/jsonFile';
import { Failure } from '../shared/failures';
import { questionsFile, type PerplexityTask } from './task';

/** A .txt is one text; of other files each record. `limit`: only the first so many; 0 for all. */
export async function readPerplexityTexts(
  task: PerplexityTask,
  dataFolder: string,
  limit: number,
): Promise<string[]> {
  const file = questionsFile(task, dataFolder);
  if (extname(file).toLowerCase() === '.txt') {
    const text = readText(file, 'the text');
    if (text.trim() === '') throw new Failure('data-empty', { file });
    return [text];
  }
  const records = await readRecords([file]);
  const columns = new Columns('text', task.columns);
  const asked = limit === 0 ? records : records.slice(0, limit);
  return asked.map((record) => columns.text(record, 'text'));
}
