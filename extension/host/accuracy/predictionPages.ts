// Pages of predictions: which lines of a results file a query finds, and their texts, read only for what is
// shown. Two files are joined by the questions that both were asked. Free of VS Code.
import { openIfThere, type AnswerEntry } from '../../runs/answerIndex';
import { questionKey } from '../../runs/pairedResults';
import type { ResultsReader } from '../../runs/results';
import {
  predictionFilters,
  type GivenAnswer,
  type PredictionFilter,
  type PredictionLine,
  type PredictionPage,
} from '../../shared/pages/accuracyPage';
import { parsePrediction, type Prediction } from '../../shared/prediction';

export interface FileQuery {
  file: string;
  /** Beside it; the lines are those of questions that both were asked. */
  otherFile: string | undefined;
  filter: PredictionFilter;
  text: string;
}

interface Joined {
  first: AnswerEntry;
  second: AnswerEntry | undefined;
}

const accepts: Record<PredictionFilter, (line: Joined) => boolean> = {
  all: () => true,
  wrong: ({ first }) => !first.correct,
  right: ({ first }) => first.correct,
  unanswered: ({ first }) => first.extracted === '',
  differ: ({ first, second }) => second !== undefined && first.extracted !== second.extracted,
  onlyFirst: ({ first, second }) => second !== undefined && first.correct && !second.correct,
  onlySecond: ({ first, second }) => second !== undefined && !first.correct && second.correct,
};

/** Searched before others get a turn. */
const linesATurn = 200;

export class PredictionPages {
  private searched: { key: string; lines: Joined[] } | undefined;

  constructor(private readonly results: ResultsReader) {}

  async read(query: FileQuery, from: number, count: number): Promise<PredictionPage> {
    const all = await this.join(query);
    const counts = Object.fromEntries(
      predictionFilters.map((filter) => [filter, all.filter(accepts[filter]).length]),
    ) as PredictionPage['counts'];
    const found = await this.search(query, all.filter(accepts[query.filter]));
    const shown = found.slice(from, from + count);
    return { matches: found.length, counts, from, lines: await readLines(query, shown) };
  }

  private async join({ file, otherFile }: FileQuery): Promise<Joined[]> {
    const entries = await this.results.answers(file);
    if (otherFile === undefined) return entries.map((first) => ({ first, second: undefined }));
    const others = new Map(
      (await this.results.answers(otherFile)).map((entry) => [questionKey(entry), entry]),
    );
    return entries
      .map((first) => ({ first, second: others.get(questionKey(first)) }))
      .filter(({ second }) => second !== undefined);
  }

  /** The last search is remembered: its next page asks for the same. */
  private async search(query: FileQuery, lines: Joined[]): Promise<Joined[]> {
    const text = query.text.trim().toLowerCase();
    if (text === '') return lines;
    const key = JSON.stringify([query, lines.length]);
    if (this.searched?.key === key) return this.searched.lines;
    const found: Joined[] = [];
    for (let at = 0; at < lines.length; at += linesATurn) {
      const part = lines.slice(at, at + linesATurn);
      const read = await readLines(query, part);
      found.push(...part.filter((_, i) => isFound(read[i], text)));
    }
    this.searched = { key, lines: found };
    return found;
  }
}

function isFound(line: PredictionLine | undefined, text: string): boolean {
  if (line === undefined) return false;
  const { prompt, answer, first, second } = line;
  return [prompt ?? '', answer, first.text, first.extracted, second?.text ?? ''].some((part) =>
    part.toLowerCase().includes(text),
  );
}

async function readLines(query: FileQuery, joined: readonly Joined[]): Promise<PredictionLine[]> {
  const firsts = await readPredictions(
    query.file,
    joined.map(({ first }) => first),
  );
  const seconds = await readPredictions(
    query.otherFile,
    joined.flatMap(({ second }) => (second === undefined ? [] : [second])),
  );
  return joined.flatMap(({ first, second }) => {
    const prediction = firsts.get(first);
    // The file may have been replaced between the two readings.
    if (prediction === undefined) return [];
    const other = second && seconds.get(second);
    return [
      {
        index: first.index,
        prompt: prediction.prompt ?? other?.prompt ?? null,
        answer: prediction.answer,
        first: givenAnswer(prediction),
        second: other === undefined ? null : givenAnswer(other),
      },
    ];
  });
}

function givenAnswer({ text, extracted, correct }: Prediction): GivenAnswer {
  return { text, extracted, correct };
}

async function readPredictions(
  file: string | undefined,
  entries: readonly AnswerEntry[],
): Promise<Map<AnswerEntry, Prediction>> {
  const read = new Map<AnswerEntry, Prediction>();
  const handle = file === undefined ? undefined : await openIfThere(file);
  if (handle === undefined) return read;
  try {
    for (const entry of entries) {
      const bytes = Buffer.alloc(entry.lengthBytes);
      await handle.read(bytes, 0, entry.lengthBytes, entry.offsetBytes);
      const prediction = parsePrediction(bytes.toString('utf8'));
      if (prediction !== undefined) read.set(entry, prediction);
    }
  } finally {
    await handle.close();
  }
  return read;
}
