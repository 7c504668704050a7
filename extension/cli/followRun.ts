// Follows a run in its folder until it ends: the same view for a run just started and for one resumed.
import { EventTail } from '../runs/eventReader';
import { processIsAlive } from '../runs/processes';
import { readStatus } from '../runs/status';
import { activeStates, type RunEvent, type StatusFile } from '../shared/run';
import { percent } from '../shared/amounts';
import type { Progress } from './progress';
import { duration, rate } from './wording';

const pollMs = 150;

export interface FollowedRun {
  folder: string;
  /** E.g. `starter dora r8`. */
  label: string;
  /** Of the trainer. */
  pid: number;
}

/** Settles when no trainer works on the run any more; the state is `lost` if it went without a word. */
export async function followRun(
  run: FollowedRun,
  progress: Progress,
  onPoll: () => void = () => undefined,
): Promise<StatusFile | undefined> {
  const tail = new EventTail(run.folder);
  await tail.read();
  for (;;) {
    // Asked before the status is read: a trainer writes its last status before it goes.
    const isAlive = processIsAlive(run.pid);
    const status = readStatus(run.folder);
    for (const event of (await tail.read()).events) tellEvent(event, run.label, progress);
    if (status) tellStatus(status, run.label, progress);
    if (status !== undefined && !activeStates.includes(status.state)) return status;
    if (!isAlive) return status && { ...status, state: 'lost', secondsLeft: null };
    onPoll();
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function tellStatus(status: StatusFile, label: string, progress: Progress): void {
  const { step, steps, loss, tokensPerSecond, secondsLeft, activity } = status;
  progress.update(label, { done: step, total: steps }, [
    ...(loss === null ? [] : [`loss ${loss.toFixed(4)}`]),
    ...(tokensPerSecond === null ? [] : [`${rate(tokensPerSecond)} tokens/s`]),
    ...(secondsLeft === null || step === steps ? [] : [`${duration(secondsLeft)} left`]),
    ...(activity === undefined ? [] : [activity]),
  ]);
}

function tellEvent(event: RunEvent, label: string, progress: Progress): void {
  const text = describeEvent(event);
  if (text !== undefined) progress.note(`${label}: ${text}`);
}

/** Steps and checkpoints show in the bar and the folder; what stays on the screen is what is read later. */
function describeEvent(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'eval':
      return `step ${event.step}: validation loss ${event.loss.toFixed(4)}`;
    case 'accuracy': {
      const share = `${event.correct} of ${event.n}, ${percent(event.accuracy)}`;
      return `step ${event.step}: ${event.task} ${share}`;
    }
    case 'judged': {
      const { step, task, score, judged, n } = event;
      const told = score === null ? 'not judged' : `${score.toFixed(2)} of 10, ${judged} judged`;
      return `step ${step}: ${task} ${n} answers, ${told}`;
    }
    case 'warning':
      return `warning: ${event.message}`;
    case 'resumed':
      return `goes on after step ${event.step}`;
    default:
      return undefined;
  }
}
