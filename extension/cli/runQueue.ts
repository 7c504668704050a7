// Runs of an experiment one after another, each in a trainer of its own. Ctrl-C once stops the run after its
// step, with a checkpoint, and the rest with it; twice leaves: the trainer goes on by itself.
import { join } from 'node:path';
import { LocalLauncher } from '../launch/localLauncher';
import { clearControl, readControl } from '../runs/control';
import { readRunOrFail } from '../runs/runFolder';
import { readListedRun } from '../runs/runsDirectory';
import { emptyStatus, readStatus, writeStatus } from '../runs/status';
import { Failure } from '../shared/failures';
import type { RunFile } from '../shared/run';
import { followRun } from './followRun';
import { failureOf } from './output';
import type { Progress } from './progress';
import { describeRun } from './runs';
import { variedText } from './wording';

export type RunOutcome = ReturnType<typeof describeRun>;

/** The trainer lies beside this bundle. */
export function localLauncher(): LocalLauncher {
  return new LocalLauncher({ trainerFile: join(__dirname, 'trainer.js') });
}

export class RunQueue {
  private readonly launcher = localLauncher();
  /** The run that a trainer works on. */
  private current: string | undefined;
  private isStopping = false;
  private hasLeft = false;
  private leave: () => void = () => undefined;
  private readonly left = new Promise<void>((resolve) => {
    this.leave = resolve;
  });

  constructor(
    private readonly folders: string[],
    private readonly progress: Progress,
  ) {}

  /** Every run's outcome, in order; those still going have the state they are in. */
  async run(): Promise<RunOutcome[]> {
    const onSignal = (): void => {
      this.interrupt();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    try {
      const outcomes: RunOutcome[] = [];
      for (const folder of this.folders) outcomes.push(await this.runOne(folder));
      return outcomes;
    } catch (error) {
      // Nobody will come back for those that wait.
      for (const folder of this.folders) markFailed(folder, error);
      throw error;
    } finally {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
      this.progress.end();
    }
  }

  private interrupt(): void {
    if (this.isStopping) {
      this.hasLeft = true;
      this.leave();
      return;
    }
    this.isStopping = true;
    if (this.current !== undefined) void this.launcher.stop(this.current);
    this.progress.note(
      'Stopping after this step, with a checkpoint. Ctrl-C again to let it go on.',
    );
  }

  private async runOne(folder: string): Promise<RunOutcome> {
    if (this.isStopping || readControl(folder) !== undefined) {
      markStopped(folder);
      return outcomeOf(folder);
    }
    // Of several, one that no longer waits was started by somebody else meanwhile.
    if (this.folders.length > 1 && readStatus(folder)?.state !== 'queued') return outcomeOf(folder);
    const label = labelOf(readRunOrFail(folder));
    const { pid } = await this.launcher.start(folder);
    this.current = folder;
    const followed = followRun({ folder, label, pid }, this.progress, () => {
      // Asked again: a trainer that is only starting may take an early request for that of a run before.
      if (this.isStopping && !this.hasLeft) void this.launcher.stop(folder);
    });
    const status = await Promise.race([followed, this.left.then(() => undefined)]);
    if (this.hasLeft) {
      if (readStatus(folder)?.state !== 'stopping') clearControl(folder);
      this.progress.note(`${label}: left to itself; adapter-lab runs shows how it goes.`);
      return outcomeOf(folder);
    }
    this.current = undefined;
    this.noteEnd(label, folder);
    return { ...outcomeOf(folder), ...(status && { state: status.state }) };
  }

  private noteEnd(label: string, folder: string): void {
    const { state, failure } = outcomeOf(folder);
    const reason = failure ? `: ${failure.message}` : '';
    this.progress.note(`${label}: ${state}${reason} (${folder})`);
  }
}

/** E.g. `boolq dora r32 adapter.alpha=16`. */
export function labelOf({ experiment, settings, varied }: RunFile): string {
  const rank = settings.method === 'full' ? '' : `r${settings.adapter.rank}`;
  const parts = [experiment, settings.method, rank, variedText(varied)];
  return parts.filter((part) => part !== '').join(' ');
}

function markStopped(folder: string): void {
  const status = readStatus(folder) ?? emptyStatus();
  if (status.state !== 'queued') return;
  writeStatus(folder, { ...status, state: 'stopped', heartbeat: new Date().toISOString() });
}

/** Only a run that was never started. */
function markFailed(folder: string, error: unknown): void {
  const status = readStatus(folder) ?? emptyStatus();
  const failure = failureOf(error);
  if (status.state !== 'queued' || failure === undefined) return;
  const { code, message } = failure;
  const heartbeat = new Date().toISOString();
  writeStatus(folder, { ...status, state: 'failed', failure: { code, message }, heartbeat });
}

export function outcomeOf(folder: string): RunOutcome {
  const run = readListedRun(folder);
  if (run === undefined) throw new Failure('run-missing', { folder });
  if ('problem' in run) throw new Failure('run-broken', { file: folder, problem: run.problem });
  return describeRun(run);
}
