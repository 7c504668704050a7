// AdaLoRA's schedule against the length of its run.
import { initialRankOf, type ExperimentSettings } from '../../shared/experiment';
import { Failure } from '../../shared/failures';
import type { PlaceOf } from '../lowRank';
import { hasRoom } from './budget';

/** Throws where no step is left to prune in, or where there is nothing to prune. */
export function checkSchedule(
  { method, adapter }: ExperimentSettings,
  steps: number,
  placeOf: PlaceOf,
): void {
  if (method !== 'adalora') return;
  const { tinit, tfinal, rank } = adapter;
  const initialRank = initialRankOf(adapter);
  if (initialRank < rank) {
    const setting = 'adapter.initialRank';
    const problem = `is ${initialRank}, below the rank ${rank} that it falls to; raise it or lower "adapter.rank"`;
    throw new Failure('setting-invalid', { ...placeOf(setting), setting, problem });
  }
  if (hasRoom({ ...adapter, steps })) return;
  const setting = tinit >= tfinal ? 'adapter.tinit' : 'adapter.tfinal';
  const data = { ...placeOf(setting), setting, tinit, tfinal, steps };
  throw new Failure('schedule-too-long', data);
}
