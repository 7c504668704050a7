// Progress on stderr: one bar that is redrawn on a terminal, plain lines now and then in a file or a pipe.

export interface Progress {
  /** `details` follow the bar: loss, tokens a second, time left. */
  update(label: string, share: { done: number; total: number }, details: string[]): void;
  /** A line that stays. */
  note(text: string): void;
  /** The bar goes; nothing may follow. */
  end(): void;
}

/** The part of a terminal that is used; stderr is one. */
export interface ProgressStream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** `json` for programs. */
export type ProgressKind = 'text' | 'json';

export function openProgressAs(kind: ProgressKind): Progress {
  return kind === 'json' ? openProgressRecords() : openProgress();
}

const barCells = 24;
const redrawMs = 100;
const lineMs = 5000;
const clearLine = '\r\u001b[K';

export function openProgress(stream: ProgressStream = process.stderr): Progress {
  return stream.isTTY ? new ProgressBar(stream) : new ProgressLines(stream);
}

/** For programs: a line of JSON each time, {label, done, total, details} or {note}. */
export function openProgressRecords(stream: ProgressStream = process.stderr): Progress {
  let writtenMs = 0;
  const write = (record: object): void => {
    stream.write(`${JSON.stringify(record)}\n`);
  };
  return {
    update: (label, { done, total }, details) => {
      if (Date.now() - writtenMs < redrawMs && done !== total) return;
      writtenMs = Date.now();
      write({ label, done, total, details });
    },
    note: (note) => {
      write({ note });
    },
    end: () => {
      // Every line stands for itself.
    },
  };
}

class ProgressBar implements Progress {
  private line = '';
  private drawnMs = 0;

  constructor(private readonly stream: ProgressStream) {}

  update(label: string, { done, total }: { done: number; total: number }, details: string[]): void {
    const cells = total === 0 ? 0 : Math.round((barCells * Math.min(done, total)) / total);
    const bar = `[${'#'.repeat(cells)}${'-'.repeat(barCells - cells)}]`;
    const count = total === 0 ? '' : `${done}/${total}`;
    this.line = [label, bar, count, ...details].filter((part) => part !== '').join('  ');
    if (Date.now() - this.drawnMs >= redrawMs || done === total) this.draw();
  }

  note(text: string): void {
    this.stream.write(`${clearLine}${text}\n`);
    if (this.line !== '') this.draw();
  }

  end(): void {
    if (this.line !== '') this.stream.write(clearLine);
    this.line = '';
  }

  private draw(): void {
    this.drawnMs = Date.now();
    // A line that wraps could not be redrawn.
    const width = Math.max(20, (this.stream.columns ?? 80) - 1);
    this.stream.write(clearLine + this.line.slice(0, width));
  }
}

class ProgressLines implements Progress {
  private writtenMs = 0;
  private label = '';
  private pending: string | undefined;
  private written = '';

  constructor(private readonly stream: ProgressStream) {}

  update(label: string, { done, total }: { done: number; total: number }, details: string[]): void {
    const count = total === 0 ? '' : `${done} of ${total}`;
    const rest = [count, ...details].filter((part) => part !== '').join(', ');
    if (rest === '') return;
    // How the one before ended.
    if (label !== this.label) this.flush();
    this.pending = `${label}: ${rest}`;
    if (label !== this.label || Date.now() - this.writtenMs >= lineMs) this.flush();
    this.label = label;
  }

  note(text: string): void {
    this.flush();
    this.stream.write(`${text}\n`);
  }

  end(): void {
    this.flush();
  }

  private flush(): void {
    if (this.pending === undefined || this.pending === this.written) return;
    this.stream.write(`${this.pending}\n`);
    this.written = this.pending;
    this.pending = undefined;
    this.writtenMs = Date.now();
  }
}
