// What native code throws, as a Failure with a sentence.
import { Failure } from '../shared/failures';
import type { MissingMemory } from '../shared/trainingFailures';
import type { AddonError } from './addon';
import { LostGpu } from './devices/lostGpu';

/** Failures pass; errors of the addon become one; anything else passes as it is. */
export function asFailure(error: unknown): unknown {
  if (error instanceof Failure || !isAddonError(error)) return error;
  const { subject, detail } = error;
  switch (error.code) {
    case 'out-of-memory':
      return new Failure('out-of-memory', { what: subject, ...sizesOf(error) });
    case 'gpu-failed':
      return new LostGpu(error);
    case 'file-unreadable':
      return new Failure('file-unreadable', {
        file: subject,
        what: 'the weights',
        problem: detail,
      });
    case 'file-unwritable':
      return new Failure('output-unwritable', { path: subject, problem: detail });
    case 'file-truncated':
      return new Failure('weights-broken', { file: subject, problem: 'it became shorter' });
    default:
      return new Failure('engine-failed', { problem: error.message });
  }
}

function sizesOf({ sizeBytes, freeBytes, takenBytes }: AddonError): MissingMemory {
  return {
    sizeBytes,
    ...(freeBytes !== undefined && { freeBytes }),
    ...(takenBytes !== undefined && { takenBytes }),
  };
}

function isAddonError(error: unknown): error is AddonError {
  return error instanceof Error && 'subject' in error && 'sizeBytes' in error;
}
