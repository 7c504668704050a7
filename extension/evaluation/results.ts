// A task's predictions: one line a question, only ever appended to, so that a stopped evaluation goes on.
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { parsePrediction, type Prediction } from '../shared/prediction';

export type { Prediction } from '../shared/prediction';

/** Complete lines of the file; an unfinished or foreign line is passed over. */
export function readPredictions(file: string): Prediction[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .map(parsePrediction)
    .filter((prediction) => prediction !== undefined);
}

export class PredictionLog {
  private readonly descriptor: number;

  constructor(file: string) {
    const unfinished = existsSync(file) && !endsWithNewline(file);
    this.descriptor = openSync(file, 'a');
    if (unfinished) writeSync(this.descriptor, '\n');
  }

  append(predictions: Prediction[]): void {
    writeSync(this.descriptor, predictions.map((p) => `${JSON.stringify(p)}\n`).join(''));
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

function endsWithNewline(file: string): boolean {
  const { size } = statSync(file);
  if (size === 0) return true;
  const descriptor = openSync(file, 'r');
  try {
    const last = new Uint8Array(1);
    readSync(descriptor, last, 0, 1, size - 1);
    return last[0] === 0x0a;
  } finally {
    closeSync(descriptor);
  }
}
