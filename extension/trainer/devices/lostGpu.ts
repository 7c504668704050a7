// A GPU that fails at work (a fault, a reset of the driver, a card that fell off its bus): what a person reads of it.
import { relative } from 'node:path';
import { listCheckpoints } from '../../runs/checkpoints';
import { Failure } from '../../shared/failures';
import type { AddonError } from '../addon';

export class LostGpu extends Failure<'gpu-unusable'> {
  constructor(
    private readonly error: Pick<AddonError, 'subject' | 'detail'>,
    next = '',
  ) {
    const { subject, detail } = error;
    const problem = `The GPU failed in ${subject} (${detail})${next}. If it fails again, restart the machine and look for "Xid" in the kernel's log, or set "device" to cpu.`;
    super('gpu-unusable', { problem });
  }

  /** The same of a run, which goes on from its last checkpoint. */
  ofRun(folder: string): LostGpu {
    const last = listCheckpoints(folder).at(-1);
    const next =
      last === undefined
        ? '; there is no checkpoint yet'
        : `; resume the run to go on from ${relative(folder, last.folder)}`;
    return new LostGpu(this.error, next);
  }
}
