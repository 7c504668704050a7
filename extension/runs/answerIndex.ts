// The answers of one results file without their texts: what was right, and where in the file each line stands.
// Follows the file as it grows; only lines that have their newline count.
import { open, type FileHandle } from 'node:fs/promises';
import { parsePerplexityLine, type PerplexityLine } from '../shared/perplexityLine';
import { parsePrediction } from '../shared/prediction';
import { errorCode } from '../shared/systemError';

export interface AnswerEntry {
  /** Of the question. */
  index: number;
  promptHash: string;
  /** Empty if no answer was found. */
  extracted: string;
  correct: boolean;
  /** Absent where the model wrote its answer. */
  protocol?: 'choice';
  /** Where its line is. */
  offsetBytes: number;
  lengthBytes: number;
}

const newline = 0x0a;
/** Parsed before others get a turn. */
const blockBytes = 256 * 1024;

export class AnswerIndex {
  private byModel = new Map<string, Map<number, AnswerEntry>>();
  private readonly pieces = new Map<string, Map<number, PerplexityLine>>();
  private lastModel = '';
  private offsetBytes = 0;
  private inode = -1;
  private sorted: readonly AnswerEntry[] | undefined;

  constructor(readonly file: string) {}

  /** In the order of the questions; of the model that answered last, and of each question its last answer. */
  get entries(): readonly AnswerEntry[] {
    const entries = this.byModel.get(this.lastModel)?.values() ?? [];
    return (this.sorted ??= [...entries].sort((a, b) => a.index - b.index));
  }

  /** Of a perplexity task: pieces of text instead of answers. */
  get measured(): { tokens: number; nats: number } {
    const lines = [...(this.pieces.get(this.lastModel)?.values() ?? [])];
    return {
      tokens: lines.reduce((sum, { tokens }) => sum + tokens, 0),
      nats: lines.reduce((sum, { nats }) => sum + nats, 0),
    };
  }

  /** Reads what is new; one call at a time. */
  async update(): Promise<void> {
    const handle = await openIfThere(this.file);
    if (handle === undefined) {
      this.forget();
      return;
    }
    try {
      const { size, ino } = await handle.stat();
      if (size < this.offsetBytes || ino !== this.inode) this.forget();
      this.inode = ino;
      if (size > this.offsetBytes) await this.readOn(handle);
    } finally {
      await handle.close();
    }
  }

  private async readOn(handle: FileHandle): Promise<void> {
    this.sorted = undefined;
    let held = Buffer.alloc(0);
    const block = Buffer.alloc(blockBytes);
    for (;;) {
      const at = this.offsetBytes + held.length;
      const { bytesRead } = await handle.read(block, 0, blockBytes, at);
      if (bytesRead === 0) return;
      const bytes = Buffer.concat([held, block.subarray(0, bytesRead)]);
      held = Buffer.from(bytes.subarray(this.takeLines(bytes)));
    }
  }

  /** How many bytes were whole lines. */
  private takeLines(bytes: Buffer): number {
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(newline, start);
      if (end < 0) break;
      this.takeLine(bytes.toString('utf8', start, end), this.offsetBytes + start, end - start);
      start = end + 1;
    }
    this.offsetBytes += start;
    return start;
  }

  private takeLine(line: string, offsetBytes: number, lengthBytes: number): void {
    const prediction = parsePrediction(line);
    if (prediction === undefined) {
      this.takePiece(line);
      return;
    }
    const { index, promptHash, extracted, correct, model, protocol } = prediction;
    const entries = this.byModel.get(model) ?? new Map<number, AnswerEntry>();
    entries.set(index, {
      ...{ index, promptHash, extracted, correct, offsetBytes, lengthBytes },
      ...(protocol && { protocol }),
    });
    this.byModel.set(model, entries);
    this.lastModel = model;
  }

  private takePiece(line: string): void {
    const piece = parsePerplexityLine(line);
    if (piece === undefined) return;
    const { index, model } = piece;
    const pieces = this.pieces.get(model) ?? new Map<number, PerplexityLine>();
    pieces.set(index, piece);
    this.pieces.set(model, pieces);
    this.lastModel = model;
  }

  private forget(): void {
    this.byModel.clear();
    this.pieces.clear();
    this.lastModel = '';
    this.offsetBytes = 0;
    this.inode = -1;
    this.sorted = undefined;
  }
}

export async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
