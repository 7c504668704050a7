// Tokens are told as they come, but not more often than the eye can follow.
import type { AnswerToken } from '../../shared/playground';

/** Forty times a second. */
const apartMs = 25;

export class TokenBatch {
  private waiting: AnswerToken[] = [];
  private timer: NodeJS.Timeout | undefined;
  private lastMs = 0;

  constructor(private readonly tell: (tokens: AnswerToken[]) => void) {}

  add(token: AnswerToken): void {
    this.waiting.push(token);
    const waitMs = this.lastMs + apartMs - Date.now();
    if (waitMs <= 0) this.flush();
    else
      this.timer ??= setTimeout(() => {
        this.flush();
      }, waitMs);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    this.lastMs = Date.now();
    this.tell(this.waiting);
    this.waiting = [];
  }
}
