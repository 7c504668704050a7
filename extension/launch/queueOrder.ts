// What can be done to the order of waiting runs. Pure.
import type { Queue } from './queueFile';

export type Step = 'front' | 'up' | 'down';

/** Those that wait already move. */
export function toFront(queue: Queue, folders: readonly string[]): Queue {
  return { ...queue, folders: [...new Set([...folders, ...queue.folders])] };
}

/** Those that wait already keep their place. */
export function toEnd(queue: Queue, folders: readonly string[]): Queue {
  return { ...queue, folders: [...new Set([...queue.folders, ...folders])] };
}

/** Puts them, in this order, before another waiting run, or at the end. */
export function putBefore(
  queue: Queue,
  folders: readonly string[],
  before: string | undefined,
): Queue {
  const moved = new Set(folders);
  // The next one that stays is where they go: a run may be dropped on one of those that move with it.
  const at = before === undefined ? -1 : queue.folders.indexOf(before);
  const next = at < 0 ? undefined : queue.folders.slice(at).find((one) => !moved.has(one));
  const others = queue.folders.filter((one) => !moved.has(one));
  const index = next === undefined ? others.length : others.indexOf(next);
  return { ...queue, folders: [...others.slice(0, index), ...moved, ...others.slice(index)] };
}

/** Those that wait, one place or all the way; several keep their order, and stop where they meet an end. */
export function step(queue: Queue, folders: readonly string[], where: Step): Queue {
  const moved = new Set(queue.folders.filter((one) => folders.includes(one)));
  if (where === 'front') return toFront(queue, [...moved]);
  const order = where === 'up' ? [...queue.folders] : [...queue.folders].reverse();
  for (const [index, folder] of order.entries()) {
    const before = order[index - 1];
    if (before === undefined || !moved.has(folder) || moved.has(before)) continue;
    order[index - 1] = folder;
    order[index] = before;
  }
  return { ...queue, folders: where === 'up' ? order : order.reverse() };
}

export function without(queue: Queue, folders: readonly string[]): Queue {
  const stays = (folder: string): boolean => !folders.includes(folder);
  return { ...queue, folders: queue.folders.filter(stays), now: queue.now.filter(stays) };
}

/** The waiting run whose turn it is. */
export function nextToStart({
  folders,
  now,
  running,
  paused,
  parallel,
}: Queue): string | undefined {
  const asked = folders.find((folder) => now.includes(folder));
  if (asked !== undefined) return asked;
  return paused || running.length >= parallel ? undefined : folders[0];
}
