// Values that a run trains, counted as the paper's tables count them, from shapes alone: the one count that the command
// line, the editor, run.json and the tables of results show.
import type { CountedValues } from '../shared/trainableShare';
import type { LinearModule } from './architecture';
import { valuesOf, type ModelLayout } from './layout';

/** Of an adapter's module, what decides its parameters. */
export interface CountedModule {
  /** Of the base module. */
  name: string;
  /** 0: its magnitude alone is trained. */
  rank: number;
  magnitude: boolean;
  /** LoRA when left out. */
  kind?: 'lora' | 'vera' | 'adalora';
}

/** What a run trains: an adapter's modules, tensors of the base, or both. */
export interface TrainedParts {
  adapters: readonly CountedModule[];
  trainedTensors: readonly string[];
}

export function countValues(parts: TrainedParts, layout: Shapes): CountedValues {
  const all = trainedShapes(parts, layout);
  const sum = (shapes: readonly number[][]): number =>
    shapes.reduce((values, shape) => values + valuesOf(shape), 0);
  const added = sum(all.adapter);
  return { trainable: added + sum(all.base), added, parameters: layout.parameters };
}

type Shapes = Pick<ModelLayout, 'linears' | 'tensors' | 'parameters'>;

/** Of every trained tensor: those of the adapter, module by module, and those of the base. */
export function trainedShapes(
  { adapters, trainedTensors }: TrainedParts,
  { linears, tensors }: Pick<Shapes, 'linears' | 'tensors'>,
): { adapter: number[][]; base: number[][] } {
  const linearOf = new Map(linears.map((linear) => [linear.name, linear]));
  return {
    adapter: adapters.flatMap((module) => {
      const linear = linearOf.get(module.name);
      return linear === undefined ? [] : moduleShapes(module, linear);
    }),
    base: trainedTensors.map((name) => tensors[name]?.shape ?? []),
  };
}

/**
 * VeRA trains the vectors d (rank) and b (out) of matrices that all modules share (arXiv 2310.11454, section 3.2);
 * AdaLoRA the singular values (rank, 1) between its matrices (arXiv 2303.10512, eq. 3); DoRA one magnitude an output row.
 */
function moduleShapes(
  { rank, magnitude, kind = 'lora' }: CountedModule,
  { in: columns, out }: LinearModule,
): number[][] {
  const rows = magnitude ? [[out]] : [];
  if (rank === 0) return rows;
  if (kind === 'vera') return [[out], [rank], ...rows];
  const middle = kind === 'adalora' ? [[rank, 1]] : [];
  return [[rank, columns], ...middle, [out, rank], ...rows];
}
