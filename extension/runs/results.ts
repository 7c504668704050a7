// Folders of results: what models answered, counted. A file that did not change is not read again.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { evaluationLockName } from '../shared/evaluationFile';
import { AnswerIndex, type AnswerEntry } from './answerIndex';
import { askedTaskSignature, readAskedTask, type AskedTask } from './askedTask';
import { checkpointStep } from './checkpoints';
import { evaluationHolder } from './evaluationLock';
import { signatureOf } from './fileSignature';
import { runPaths } from './runPaths';

export interface TaskTally {
  task: string;
  file: string;
  n: number;
  correct: number;
  /** Questions in whose output no answer was found. */
  unanswered: number;
  /** Absent where the model wrote its answers. */
  protocol?: 'choice';
  /** Absent where an earlier version asked it. */
  asked?: AskedTask;
}

/** A text, and how well the model foretold it. */
export interface TextTally {
  task: string;
  tokens: number;
  nats: number;
}

export interface ResultsFolder {
  folder: string;
  /** Undefined for the end of a run, and for what is no run. */
  step: number | undefined;
  tasks: TaskTally[];
  texts: TextTally[];
  /** Somebody writes here. */
  isLocked: boolean;
}

interface Tallies {
  tally: TaskTally;
  text: TextTally;
}

interface KnownFile extends Tallies {
  signature: string;
}

/** Files whose answers are kept in memory, those used last. */
const keptIndexes = 24;
const suffix = '.jsonl';

export class ResultsReader {
  private readonly known = new Map<string, KnownFile>();
  private readonly indexes = new Map<string, { index: AnswerIndex; updating: Promise<void> }>();

  /** Of a run: its end first, then its checkpoints by step. Folders without an answer are left out. */
  async readRun(runFolder: string): Promise<ResultsFolder[]> {
    const { results } = runPaths(runFolder);
    const names = await namesIn(results);
    const steps = names
      .map((name) => ({ name, step: checkpointStep(name) }))
      .filter(({ step }) => step !== undefined)
      .sort((a, b) => (a.step ?? 0) - (b.step ?? 0));
    const folders = [await this.readNames(results, names, undefined)];
    for (const { name, step } of steps) {
      const folder = join(results, name);
      folders.push(await this.readNames(folder, await namesIn(folder), step));
    }
    return folders.filter(({ tasks, texts }) => tasks.length + texts.length > 0);
  }

  async readFolder(folder: string): Promise<ResultsFolder> {
    return this.readNames(folder, await namesIn(folder), undefined);
  }

  /** In the order of the questions. */
  async answers(file: string): Promise<readonly AnswerEntry[]> {
    return (await this.index(file)).entries;
  }

  private async index(file: string): Promise<AnswerIndex> {
    const kept = this.indexes.get(file) ?? {
      index: new AnswerIndex(file),
      updating: Promise.resolve(),
    };
    // The one that was asked for last goes last.
    this.indexes.delete(file);
    this.indexes.set(file, kept);
    const [oldest] = this.indexes.keys();
    if (this.indexes.size > keptIndexes && oldest !== undefined) this.indexes.delete(oldest);
    kept.updating = kept.updating.catch(() => undefined).then(() => kept.index.update());
    await kept.updating;
    return kept.index;
  }

  private async readNames(
    folder: string,
    names: readonly string[],
    step: number | undefined,
  ): Promise<ResultsFolder> {
    const tasks: TaskTally[] = [];
    const texts: TextTally[] = [];
    for (const name of names) {
      if (!name.endsWith(suffix) || name.startsWith('.')) continue;
      const found = await this.tally(join(folder, name), name.slice(0, -suffix.length));
      if (found === undefined) continue;
      if (found.tally.n > 0) tasks.push(found.tally);
      if (found.text.tokens > 0) texts.push(found.text);
    }
    const isLocked = names.includes(evaluationLockName) && evaluationHolder(folder) !== undefined;
    return { folder, step, tasks, texts, isLocked };
  }

  private async tally(file: string, task: string): Promise<Tallies | undefined> {
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) {
      this.known.delete(file);
      return undefined;
    }
    const document = await askedTaskSignature(file);
    const signature = `${signatureOf(found)} ${document}`;
    const known = this.known.get(file);
    if (known?.signature === signature) return known;
    const index = await this.index(file);
    const { entries } = index;
    const protocol = entries[0]?.protocol;
    const asked = await readAskedTask(file);
    const tally = {
      ...{ task, file, n: entries.length },
      correct: entries.filter(({ correct }) => correct).length,
      unanswered: entries.filter(({ extracted }) => extracted === '').length,
      ...(protocol && { protocol }),
      ...(asked && { asked }),
    };
    const tallies = { signature, tally, text: { task, ...index.measured } };
    this.known.set(file, tallies);
    return tallies;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    // It is not there yet, not there any more, or not ours to read: nothing to show.
    return [];
  }
}
