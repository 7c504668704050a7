// How a run gets a process: what every place to train at can do.
export interface Launcher {
  /** Starts a trainer on a run that has none: a queued one, or one to go on from its last checkpoint. */
  start(folder: string): Promise<StartedRun>;
  /** Asks the trainer to finish its step and save a checkpoint. */
  stop(folder: string): Promise<void>;
  /** Asks the trainer to end at once. */
  cancel(folder: string): Promise<void>;
  /** Whether a trainer works on the run. */
  isAlive(folder: string): Promise<boolean>;
}

export interface StartedRun {
  pid: number;
}
