// A task's results while they are written: one line a question, appended as it is answered, so that an evaluation that
// was killed goes on. Complete, it is put in the order of the questions. Answers of two models are never mixed in it.
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { Failure } from '../shared/failures';
import type { TaskSettings } from '../shared/taskFile';
import { keepAskedTask } from './askedTask';
import { writeAtomically } from './atomicFile';
import { LineLog } from './lineLog';

/** What a line of any protocol has. */
export interface Answer {
  /** Of the question. */
  index: number;
  promptHash: string;
  model: string;
}

export interface AnswerFileOptions<Line extends Answer> {
  /** Kept beside the answers. */
  task: TaskSettings;
  /** Undefined for a line that is none. */
  parse: (line: string) => Line | undefined;
  /** What the answers' model is called, and what earlier versions called it. */
  models: readonly string[];
  /** By place: the hash of what is asked. */
  questions: ReadonlyMap<number, string>;
  /** Where a line stands in a complete file; by its question when left out. */
  placeOf?: (line: Line) => number;
  /** Answers that cannot be mixed with these are set aside instead of being refused. */
  replace: boolean;
}

export class AnswerFile<Line extends Answer> {
  /** Of each place, which is a question unless `placeOf` says otherwise, the last answer. */
  readonly known: Map<number, Line>;
  /** Answers of another model, or to other questions, now stand in `.old`. */
  readonly isReplaced: boolean;
  private readonly placeOf: (line: Line) => number;
  private log: LineLog<Line> | undefined;

  constructor(
    private readonly file: string,
    options: AnswerFileOptions<Line>,
  ) {
    this.placeOf = options.placeOf ?? (({ index }) => index);
    const lines = readLines(file, options.parse);
    const refusal = mixed(file, lines, options);
    if (refusal !== undefined && !options.replace) throw refusal;
    this.isReplaced = refusal !== undefined;
    if (refusal !== undefined) renameSync(file, `${file}.old`);
    this.known = new Map(refusal ? [] : lines.map((line) => [this.placeOf(line), line]));
    this.log = new LineLog(file);
    keepAskedTask(file, options.task);
  }

  append(line: Line): void {
    if (this.log === undefined) throw new Error('the answers are closed');
    this.log.append([line]);
    this.known.set(this.placeOf(line), line);
  }

  /** Closes it. Whoever was killed in between and whoever was not leave the same file. */
  finish(): void {
    this.close();
    const lines = [...this.known].sort(([a], [b]) => a - b).map(([, line]) => line);
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    if (readFileSync(this.file, 'utf8') !== text) writeAtomically(this.file, text);
  }

  close(): void {
    this.log?.close();
    this.log = undefined;
  }
}

/** Whole lines; others are passed over. */
export function readLines<Line>(file: string, parse: (line: string) => Line | undefined): Line[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .map(parse)
    .filter((line) => line !== undefined);
}

function mixed<Line extends Answer>(
  file: string,
  lines: readonly Line[],
  { models, questions, placeOf = ({ index }) => index }: AnswerFileOptions<Line>,
): Failure | undefined {
  const others = lines.filter(({ model }) => !models.includes(model));
  if (others.length > 0) {
    return new Failure('answers-of-other-model', { file, answers: others.length });
  }
  const changed = lines.find((line) => {
    const asked = questions.get(placeOf(line));
    return asked !== undefined && asked !== line.promptHash;
  });
  if (changed === undefined) return undefined;
  return new Failure('answers-to-other-questions', { file, question: changed.index + 1 });
}
