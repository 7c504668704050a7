// status.json while the trainer owns the run: changes of state at once, progress a few times a second, a
// heartbeat in between.
import { hostname } from 'node:os';
import type { FailureRecord, RunState, StatusFile } from '../shared/run';
import { emptyStatus, readStatus, writeStatus } from '../runs/status';

const heartbeatMs = 5_000;
const progressMs = 250;
const stepsAveraged = 20;

export class StatusBoard {
  private status: StatusFile;
  private readonly timer: NodeJS.Timeout;
  private lastWriteMs = 0;
  private recent: { tokens: number; seconds: number }[] = [];

  constructor(private readonly folder: string) {
    const before = readStatus(folder) ?? emptyStatus();
    this.status = {
      ...before,
      state: 'starting',
      failure: undefined,
      pid: process.pid,
      host: hostname(),
    };
    this.write(true);
    this.timer = setInterval(() => {
      this.write(false);
    }, heartbeatMs);
  }

  get state(): RunState {
    return this.status.state;
  }

  change(change: Partial<StatusFile>): void {
    this.status = { ...this.status, ...change };
    this.write(true);
  }

  /** `done` steps of the run are behind; this one took `seconds`. */
  stepDone(
    done: number,
    { loss, tokens, seconds }: { loss: number; tokens: number; seconds: number },
  ): void {
    this.recent = [...this.recent.slice(1 - stepsAveraged), { tokens, seconds }];
    const time = this.recent.reduce((sum, step) => sum + step.seconds, 0);
    const tokensPerSecond = this.recent.reduce((sum, step) => sum + step.tokens, 0) / time;
    const secondsLeft = ((this.status.steps - done) * time) / this.recent.length;
    this.status = { ...this.status, step: done, loss, tokensPerSecond, secondsLeft };
    this.writeProgress();
  }

  /** What is being done now, while no step is. */
  note(activity: string): void {
    this.status = { ...this.status, activity };
    this.writeProgress();
  }

  /** The last word; no heartbeat follows. */
  finish(state: RunState, failure?: FailureRecord): void {
    clearInterval(this.timer);
    this.status = {
      ...this.status,
      state,
      secondsLeft: null,
      tokensPerSecond: null,
      activity: undefined,
      pid: null,
      failure,
    };
    this.write(true);
  }

  private writeProgress(): void {
    if (Date.now() - this.lastWriteMs >= progressMs) this.write(false);
  }

  private write(durable: boolean): void {
    this.lastWriteMs = Date.now();
    this.status = { ...this.status, heartbeat: new Date(this.lastWriteMs).toISOString() };
    writeStatus(this.folder, this.status, durable);
  }
}
