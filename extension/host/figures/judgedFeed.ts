// Scores of judged tasks, looked for again while a page shows them: a judge may be asked long after the answers were
// given. Free of VS Code.
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { checkpointStep } from '../../runs/checkpoints';
import { readEvaluation } from '../../runs/evaluations';
import { fileSignature } from '../../runs/fileSignature';
import { judgedFile, readJudged } from '../../runs/judgedResults';
import { runPaths } from '../../runs/runPaths';
import { judgedScores, judgesOf } from '../../shared/judgedScores';
import type { AccuracyRow, FigureScore, ScoredRow } from '../../shared/pages/accuracyPage';
import type { AccuracySource } from '../accuracy/accuracyFeed';
import { modelRow, runRows } from '../accuracy/accuracyRows';

const pollMs = 3000;
const suffix = '.jsonl';

interface KnownFile {
  signature: string;
  scores: FigureScore[];
}

export class JudgedFeed {
  rows: ScoredRow[] = [];
  private readonly known = new Map<string, KnownFile>();
  private timer: NodeJS.Timeout | undefined;
  private isDisposed = false;

  constructor(
    private readonly source: Omit<AccuracySource, 'results'>,
    private readonly onNews: (rows: ScoredRow[]) => void,
  ) {}

  /** Reads everything once, then looks again by itself. */
  async start(): Promise<void> {
    await this.look();
    this.schedule();
  }

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.isDisposed) return;
    this.timer = setTimeout(() => {
      const before = JSON.stringify(this.rows);
      void this.look()
        .then(() => {
          if (!this.isDisposed && JSON.stringify(this.rows) !== before) this.onNews(this.rows);
        })
        // What cannot be read now is read at the next look.
        .catch(() => undefined)
        .then(() => {
          this.schedule();
        });
    }, pollMs);
  }

  private async look(): Promise<void> {
    const rows: ScoredRow[] = [];
    for (const view of this.source.runs()) {
      for (const folder of await resultsWithJudgements(runPaths(view.folder).results)) {
        const step = checkpointStep(basename(folder));
        const place = { folder, step, tasks: [], texts: [], isLocked: false };
        await this.add(rows, folder, runRows(view, [place], [])[0]);
      }
    }
    for (const folder of await this.source.evaluations()) {
      const [place] = await resultsWithJudgements(folder);
      const file = place === undefined ? undefined : readEvaluation(folder);
      if (file === undefined) continue;
      const results = { folder, step: undefined, tasks: [], texts: [], isLocked: false };
      await this.add(rows, folder, modelRow(file, results));
    }
    this.rows = rows;
  }

  private async add(
    rows: ScoredRow[],
    folder: string,
    row: AccuracyRow | undefined,
  ): Promise<void> {
    const scores: FigureScore[] = [];
    for (const name of await namesIn(join(folder, 'judgements'))) {
      if (!name.endsWith(suffix)) continue;
      scores.push(...(await this.read(folder, name.slice(0, -suffix.length))));
    }
    if (row !== undefined && scores.length > 0) rows.push({ ...row, scores });
  }

  private async read(folder: string, task: string): Promise<FigureScore[]> {
    const file = judgedFile(folder, task);
    const signature = await signatureOf(file.answers, file.judgements);
    const known = this.known.get(file.judgements);
    if (known?.signature === signature) return known.scores;
    const { answers, judgements } = readJudged(file);
    const scores = judgesOf(judgements).map((judge): FigureScore => {
      const own = judgements.filter((one) => one.judge === judge);
      const { score, interval, judged, notJudged } = judgedScores(answers, own);
      return { task, judge, score, interval, judged, notJudged };
    });
    this.known.set(file.judgements, { signature, scores });
    return scores;
  }
}

/** A folder of results and those of its checkpoints, where a judge wrote. */
async function resultsWithJudgements(results: string): Promise<string[]> {
  const names = await namesIn(results);
  const found = names.includes('judgements') ? [results] : [];
  for (const name of names) {
    if (checkpointStep(name) === undefined) continue;
    const folder = join(results, name);
    if ((await namesIn(folder)).includes('judgements')) found.push(folder);
  }
  return found;
}

async function namesIn(folder: string): Promise<string[]> {
  // It is not there yet, not there any more, or not ours to read: nothing to show.
  return (await readdir(folder).catch(() => [])).sort();
}

async function signatureOf(...files: string[]): Promise<string> {
  const signatures = await Promise.all(files.map(fileSignature));
  return signatures.map((one) => one ?? '-').join(' ');
}
