// The engine's activation stack (native/core/arena.h) without its memory: what is taken and released, and how high
// it ever stood.

const floatBytes = 4;
const alignmentBytes = 64;

export class ArenaModel {
  private usedBytes = 0;
  private peak = 0;

  constructor(private readonly activationBytes: number) {}

  /** rows x cols activations, up to the next 64-byte boundary. */
  take(rows: number, cols: number): void {
    this.takeBytes(rows * cols * this.activationBytes);
  }

  /** What is f32 everywhere: statistics, logits, what concerns parameters and weights. */
  takeFloats(rows: number, cols: number): void {
    this.takeBytes(rows * cols * floatBytes);
  }

  private takeBytes(bytes: number): void {
    this.usedBytes += Math.ceil(bytes / alignmentBytes) * alignmentBytes;
    this.peak = Math.max(this.peak, this.usedBytes);
  }

  /** Releases what `body` took: ArenaScope. */
  scope(body: () => void): void {
    const mark = this.usedBytes;
    body();
    this.usedBytes = mark;
  }

  get peakBytes(): number {
    return this.peak;
  }
}
