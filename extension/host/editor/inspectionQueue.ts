// Which text is inspected next: one process at a time, the newest text of each file, after a pause in typing. A file
// that changes while it is inspected is inspected again. Free of VS Code.

export interface InspectionQueueOptions<Result> {
  pauseMs: number;
  /** Rejects when `signal` is aborted. */
  inspect: (name: string, text: string, signal: AbortSignal) => Promise<Result>;
  onResult: (name: string, text: string, result: Result) => void;
  /** Never called for an inspection that was stopped. */
  onError: (error: unknown) => void;
}

interface Waiting {
  text: string;
  readyMs: number;
}

export class InspectionQueue<Result> {
  private readonly waiting = new Map<string, Waiting>();
  private running: { name: string; stop: AbortController } | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: InspectionQueueOptions<Result>) {}

  /** `name` tells files apart; an older text of the same file is dropped, and stopped if it is being inspected. */
  ask(name: string, text: string, pauseMs = this.options.pauseMs): void {
    if (this.running?.name === name) this.running.stop.abort();
    this.waiting.set(name, { text, readyMs: Date.now() + pauseMs });
    this.schedule();
  }

  /** The file is closed. */
  forget(name: string): void {
    this.waiting.delete(name);
    if (this.running?.name === name) this.running.stop.abort();
  }

  dispose(): void {
    this.waiting.clear();
    clearTimeout(this.timer);
    this.running?.stop.abort();
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.running !== undefined || this.waiting.size === 0) return;
    const next = Math.min(...[...this.waiting.values()].map(({ readyMs }) => readyMs));
    this.timer = setTimeout(
      () => {
        void this.runNext();
      },
      Math.max(0, next - Date.now()),
    );
  }

  private async runNext(): Promise<void> {
    const now = Date.now();
    const next = [...this.waiting].find(([, { readyMs }]) => readyMs <= now);
    if (next === undefined || this.running !== undefined) {
      this.schedule();
      return;
    }
    const [name, { text }] = next;
    this.waiting.delete(name);
    const stop = new AbortController();
    this.running = { name, stop };
    try {
      const result = await this.options.inspect(name, text, stop.signal);
      if (!stop.signal.aborted) this.options.onResult(name, text, result);
    } catch (error) {
      if (!stop.signal.aborted) this.options.onError(error);
    } finally {
      this.running = undefined;
      this.schedule();
    }
  }
}
