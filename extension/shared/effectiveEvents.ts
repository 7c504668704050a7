// Which events of a run count, apart from the checks of its files: what only shows events does without those.
import type { RunEvent } from './run';

/** Events a reader should see: those that a resumed run made void are left out. */
export function effectiveEvents(events: readonly RunEvent[]): RunEvent[] {
  let kept: RunEvent[] = [];
  for (const event of events) {
    if (event.type === 'resumed') kept = kept.filter((other) => (other.step ?? 0) <= event.step);
    kept.push(event);
  }
  return kept;
}
