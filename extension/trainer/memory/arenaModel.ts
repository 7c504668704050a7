// The engine's activation stack (native/core/arena.h) without its memory: what is taken and released, and how high
// it ever stood.

const floatBytes = 4;
const alignmentBytes = 64;

export class ArenaModel {
  private usedBytes = 0;
  private peak = 0;

  /** rows x cols floats, up to the next 64-byte boundary. */
  take(rows: number, cols: number): void {
    this.usedBytes += Math.ceil((rows * cols * floatBytes) / alignmentBytes) * alignmentBytes;
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
