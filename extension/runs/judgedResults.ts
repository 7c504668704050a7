// Where the answers and judgements of judged tasks are: results/TASK.jsonl and results/judgements/TASK.jsonl.
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure } from '../shared/failures';
import { errorCode } from '../shared/systemError';
import {
  currentAnswers,
  currentJudgements,
  parseAnswer,
  type AnswerLine,
  type Judgement,
} from '../shared/judging/conversationLines';

export interface JudgedFile {
  task: string;
  /** Folder of the results. */
  folder: string;
  answers: string;
  judgements: string;
}

const suffix = '.jsonl';
const judgementsFolder = 'judgements';
const stepFolder = /^step-\d+$/;

export function judgedFile(folder: string, task: string): JudgedFile {
  const name = `${task}${suffix}`;
  return {
    ...{ task, folder },
    answers: join(folder, name),
    judgements: join(folder, judgementsFolder, name),
  };
}

/** Of a file of answers, a folder of results with those of its checkpoints, or a run. */
export function findJudgedFiles(place: string): JudgedFile[] {
  const path = resolve(place);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw new Failure('file-missing', { file: path, what: 'the folder of results' });
  if (found.isFile()) {
    if (!path.endsWith(suffix) || !holdsAnswers(path)) {
      throw new Failure('answers-missing', { place: path });
    }
    return [judgedFile(dirname(path), basename(path, suffix))];
  }
  const names = readdirSync(path);
  const results = names.includes('results') ? join(path, 'results') : path;
  const files = filesIn(results);
  if (files.length === 0) throw new Failure('answers-missing', { place: path });
  return files;
}

/** Empty for a folder without answers, or one that is gone. */
export function judgedFilesIn(place: string): JudgedFile[] {
  try {
    return findJudgedFiles(place);
  } catch (error) {
    if (error instanceof Failure || errorCode(error) !== undefined) return [];
    throw error;
  }
}

/** Whether an answer was never graded, by whomever. */
export function isUnjudged(file: JudgedFile): boolean {
  const { answers, judgements } = readJudged(file);
  const judged = new Set(judgements.map(({ answerHash }) => answerHash));
  return answers.some(({ answerHash }) => !judged.has(answerHash));
}

export function readJudged({ answers, judgements }: JudgedFile): {
  answers: AnswerLine[];
  judgements: Judgement[];
} {
  return {
    answers: currentAnswers(readIfThere(answers)),
    judgements: currentJudgements(readIfThere(judgements)),
  };
}

/** Empty for a file that is not there. */
function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function filesIn(results: string): JudgedFile[] {
  return readdirSync(results, { withFileTypes: true })
    .sort((a, b) => a.name.localeCompare(b.name, 'en'))
    .flatMap((entry) => {
      const path = join(results, entry.name);
      if (entry.isDirectory() && stepFolder.test(entry.name)) return filesIn(path);
      const mayBe = entry.isFile() && entry.name.endsWith(suffix) && !entry.name.startsWith('.');
      return mayBe && holdsAnswers(path) ? [judgedFile(results, basename(path, suffix))] : [];
    });
}

/** An answer holds at most a prompt and its tokens. */
const longestLineBytes = 4 * 1024 * 1024;

/** By its first whole line: predictions of other tasks stand in such files too. */
function holdsAnswers(file: string): boolean {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = statSync(file);
    const bytes = Buffer.alloc(Math.min(size, longestLineBytes));
    const read = readSync(descriptor, bytes, 0, bytes.length, 0);
    const text = bytes.toString('utf8', 0, read);
    const lines = text.split('\n').filter((line) => line !== '');
    return lines.slice(0, 2).some((line) => parseAnswer(line) !== undefined);
  } finally {
    closeSync(descriptor);
  }
}
