// Long work on a thread that others need too, in turns of a few milliseconds.

const turnMs = 8;

export class Turns {
  private startMs = performance.now();

  /** Ask often: it costs next to nothing. */
  get isOver(): boolean {
    return performance.now() - this.startMs > turnMs;
  }

  /** Lets everything else that waits run first. */
  async yield(): Promise<void> {
    await new Promise(setImmediate);
    this.startMs = performance.now();
  }
}
