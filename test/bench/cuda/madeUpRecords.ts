// Records for whoever names no file: the starter's questions, one to three a record, so that lengths differ as in real sets.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../../extension/starter/random';

interface InstructionRecord {
  instruction: string;
  input: string;
  output: string;
}

const sets = ['quiz', 'facts', 'blanks'];
const most = 3;
const records = 800;

export function madeUpRecords(starter: string): InstructionRecord[] {
  const all = sets.flatMap((set) => {
    const file = join(starter, 'data', set, 'train.json');
    return JSON.parse(readFileSync(file, 'utf8')) as InstructionRecord[];
  });
  const random = new Random(0);
  return Array.from({ length: records }, () => {
    const chosen = Array.from({ length: 1 + random.below(most) }, () => random.pick(all));
    const joined = (of: 'instruction' | 'output'): string =>
      chosen.map((record) => record[of]).join('\n\n');
    return { instruction: joined('instruction'), input: '', output: joined('output') };
  });
}
