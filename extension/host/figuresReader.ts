// The last figures of many runs, from the ends of their event files: what orders by accuracy, slope and duration
// need, and nothing else does. Free of VS Code.
import { open } from 'node:fs/promises';
import { runPaths } from '../runs/runPaths';
import { groupsOf } from '../shared/taskGroups';
import { runEvent, type EventOf, type RunEvent } from '../shared/run';
import type { RunFigures } from './runOrder';

/** The events of an end hold a slope of every module and an accuracy a task. */
const tailBytes = 256 * 1024;
/** Steps whose pace is that of the run. */
const pacedSteps = 50;
const readersAtOnce = 8;

interface Kept {
  signature: string;
  figures: RunFigures;
}

export class FiguresReader {
  private readonly kept = new Map<string, Kept>();

  of(folder: string): RunFigures | undefined {
    return this.kept.get(folder)?.figures;
  }

  /** Reads those whose files changed; true if any figure is another. */
  async read(folders: readonly string[]): Promise<boolean> {
    const waiting = [...folders];
    let isOther = false;
    const readNext = async (): Promise<void> => {
      for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
        if (await this.readOne(folder)) isOther = true;
      }
    };
    await Promise.all(Array.from({ length: readersAtOnce }, readNext));
    return isOther;
  }

  private async readOne(folder: string): Promise<boolean> {
    const before = this.kept.get(folder);
    try {
      const handle = await open(runPaths(folder).events, 'r');
      try {
        const { size, mtimeMs } = await handle.stat();
        const signature = `${size} ${mtimeMs}`;
        if (before?.signature === signature) return false;
        const start = Math.max(0, size - tailBytes);
        const block = Buffer.alloc(size - start);
        const { bytesRead } = await handle.read(block, 0, block.length, start);
        const figures = figuresOf(block.toString('utf8', 0, bytesRead).split('\n'));
        this.kept.set(folder, { signature, figures });
        return true;
      } finally {
        await handle.close();
      }
    } catch {
      // No events yet, or the folder went away: nothing is known of it.
      return this.kept.delete(folder);
    }
  }
}

/** From the last lines of an event file; the first may be cut. */
export function figuresOf(lines: readonly string[]): RunFigures {
  const accuracies = new Map<string, EventOf<'accuracy'>>();
  const steps: EventOf<'step'>[] = [];
  let slope: number | null | undefined;
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = lines[index] ?? '';
    const isWanted =
      line.includes('"type":"accuracy"') ||
      (slope === undefined && line.includes('"type":"slope"')) ||
      (steps.length < pacedSteps && line.includes('"type":"step"'));
    const event = isWanted ? parseEvent(line) : undefined;
    if (event?.type === 'step') steps.push(event);
    if (event?.type === 'slope') {
      slope = event.fits.find(({ module }) => module === 'all')?.slope ?? null;
    }
    // Backwards: the first that is met is the last word on its task.
    if (event?.type === 'accuracy' && !accuracies.has(event.task)) {
      accuracies.set(event.task, event);
    }
  }
  const [latest] = steps;
  const averaged = groupsOf([...accuracies.values()])[0]?.tasks ?? [];
  return {
    accuracy: mean(averaged.map((task) => accuracies.get(task)?.accuracy ?? 0)),
    slope: slope ?? null,
    seconds: latest === undefined ? null : latest.step * (mean(steps.map(secondsOf)) ?? 0),
  };
}

function secondsOf({ seconds }: EventOf<'step'>): number {
  return seconds;
}

function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function parseEvent(line: string): RunEvent | undefined {
  try {
    return runEvent.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
