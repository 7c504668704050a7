// What a run would train and need, from its settings and the configuration of its model alone: no weights, no data.
import type { ModelLayout } from '../../model/layout';
import { countValues } from '../../model/trainedValues';
import type { ExperimentSettings } from '../../shared/experiment';
import { totalBytes, type MemoryParts } from '../../shared/inspection';
import type { CountedValues } from '../../shared/trainableShare';
import type { MachineSpeed } from '../addon';
import type { PlaceOf } from '../lowRank';
import { estimateMemory } from '../memory/memoryEstimate';
import { packedSize, type TextSizes } from '../memory/packedSize';
import { expectedPlace, type HasGpu } from '../memory/tensorPlace';
import { trainedModel, trainedParts } from '../trainedParts';
import { stepSeconds } from './stepTime';
import { stepWork, type StepWork } from './stepWork';

export interface PlannedRun extends CountedValues {
  method: string;
  /** Null for full fine-tuning. */
  rank: number | null;
  /** The micro-batch that memory and time are of. */
  batch: TextSizes;
  memory: MemoryParts;
  peakBytes: number;
  work: StepWork;
  /** Null where no speed is known, as on a GPU. */
  secondsPerStep: number | null;
}

export interface PlanContext {
  layout: ModelLayout;
  placeOf: PlaceOf;
  /** Tokens of a record; `data.maxLength`, the longest allowed, when undefined. */
  recordTokens: number | undefined;
  /** Of the processor. */
  speed: MachineSpeed | undefined;
  hasGpu: HasGpu;
}

export function planRun(settings: ExperimentSettings, context: PlanContext): PlannedRun {
  const { layout, placeOf, recordTokens, speed, hasGpu } = context;
  const { method, adapter, data, training } = settings;
  const model = trainedModel(settings, layout, trainedParts(settings, layout, placeOf));
  const length = Math.min(recordTokens ?? data.maxLength, data.maxLength);
  const texts = training.batchSize;
  const batch = { tokens: texts * length, counted: texts * length, texts };
  const packed = packedSize(batch, 0);
  const place = expectedPlace(settings, hasGpu);
  const memory = estimateMemory({
    ...{ model, place, batch: packed, generations: [], records: 0, tokens: 0 },
    vocabulary: layout.shape.vocabulary,
  });
  const work = stepWork(model, packed, training.accumulation);
  return {
    method,
    rank: method === 'full' ? null : adapter.rank,
    ...countValues(model, layout),
    ...{ batch, memory, peakBytes: totalBytes(memory), work },
    secondsPerStep: stepSeconds(work, place, speed),
  };
}
