// Reads events and checkpoints of the runs that are opened or hovered, each time only what is new.
import { listCheckpoints } from '../runs/checkpoints';
import { EventTail } from '../runs/eventReader';
import { joinDetails, type RunDetails } from './runDetails';
import { RunDigest } from './runDigest';

/** Runs of which a digest is kept in memory. */
const kept = 50;

interface Followed {
  tail: EventTail;
  digest: RunDigest;
  /** A tail takes one call at a time. */
  reading: Promise<unknown>;
}

export class DetailsReader {
  private readonly followed = new Map<string, Followed>();

  read(folder: string): Promise<RunDetails> {
    const run = this.followed.get(folder) ?? {
      tail: new EventTail(folder),
      digest: new RunDigest(),
      reading: Promise.resolve(),
    };
    // The one that was asked for last goes last.
    this.followed.delete(folder);
    this.followed.set(folder, run);
    const [oldest] = this.followed.keys();
    if (this.followed.size > kept && oldest !== undefined) this.followed.delete(oldest);
    const result = run.reading.then(() => readDetails(folder, run));
    run.reading = result.catch(() => undefined);
    return result;
  }

  forget(folder: string): void {
    this.followed.delete(folder);
  }
}

async function readDetails(folder: string, run: Followed): Promise<RunDetails> {
  const { events, restarted } = await run.tail.read();
  if (restarted) run.digest = new RunDigest();
  run.digest.add(events);
  return joinDetails(listCheckpoints(folder), run.digest);
}
