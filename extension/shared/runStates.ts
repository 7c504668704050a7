// The states of a run, apart from the files that hold them: the editor draws them before it reads any file.

export const runStates = [
  'queued',
  'starting',
  'running',
  'stopping',
  'stopped',
  'done',
  'failed',
  'lost',
] as const;
export type RunState = (typeof runStates)[number];

/** A process owns the folder in these states. */
export const activeStates: readonly RunState[] = ['starting', 'running', 'stopping'];
