// The figures of a run's steps as growing columns: a run of 200,000 steps is nine arrays, not 200,000 objects,
// and travels to a page as bytes. Appending costs what is new; columns given out before stay as they were.

/** A step as events.jsonl has it. */
export interface StepFigures {
  step: number;
  loss: number;
  gradNorm: number;
  learningRate: number;
  tokens: number;
  seconds: number;
  memoryBytes?: number | undefined;
  gpuBytes?: number | undefined;
  gpuHeldBytes?: number | undefined;
}

export const figureNames = [
  'loss',
  'gradNorm',
  'learningRate',
  'tokens',
  'seconds',
  'memoryBytes',
  'gpuBytes',
  'gpuHeldBytes',
] as const;
export type FigureName = (typeof figureNames)[number];

/** The first `length` places count; behind them may be room for more. A figure that was not told is NaN. */
export interface StepColumns extends Record<FigureName, Float32Array> {
  length: number;
  /** Rises whenever rows were taken back: what was derived of them is void. */
  generation: number;
  step: Float64Array;
}

const smallestRoom = 256;

export function emptyColumns(generation = 0): StepColumns {
  return withRoom(0, generation);
}

export function appendSteps(columns: StepColumns, steps: readonly StepFigures[]): StepColumns {
  const grown = roomFor(columns, columns.length + steps.length);
  const first = columns.length;
  for (const [offset, { step }] of steps.entries()) grown.step[first + offset] = step;
  for (const name of figureNames) {
    const column = grown[name];
    for (const [offset, figures] of steps.entries()) column[first + offset] = figures[name] ?? NaN;
  }
  return { ...grown, length: columns.length + steps.length };
}

export function appendColumns(columns: StepColumns, more: StepColumns): StepColumns {
  const length = columns.length + more.length;
  const grown = roomFor(columns, length);
  grown.step.set(more.step.subarray(0, more.length), columns.length);
  for (const name of figureNames) {
    grown[name].set(more[name].subarray(0, more.length), columns.length);
  }
  return { ...grown, length };
}

/** The first `length` rows, in arrays of their own: those of others are not written over. */
export function keepRows(columns: StepColumns, length: number): StepColumns {
  if (length >= columns.length) return columns;
  const kept = appendColumns(emptyColumns(), rowsFrom({ ...columns, length }, 0));
  return { ...kept, generation: columns.generation + 1 };
}

/** From a row on, without spare room: for sending. */
export function rowsFrom(columns: StepColumns, first: number): StepColumns {
  const { length, generation } = columns;
  const cut = (name: FigureName) => columns[name].slice(first, length);
  return {
    length: length - first,
    generation,
    step: columns.step.slice(first, length),
    ...eachFigure(cut),
  };
}

/** How many rows are of steps up to this one; steps rise. */
export function rowsUpTo({ step, length }: StepColumns, last: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((step[middle] ?? 0) <= last) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The row of a step; undefined if it is not there. */
export function rowOf(columns: StepColumns, step: number): number | undefined {
  const row = rowsUpTo(columns, step) - 1;
  return columns.step[row] === step && row >= 0 ? row : undefined;
}

function roomFor(columns: StepColumns, length: number): StepColumns {
  const room = columns.step.length;
  if (length <= room) return { ...columns };
  const grown = withRoom(Math.max(length, 2 * room, smallestRoom), columns.generation);
  grown.step.set(columns.step.subarray(0, columns.length));
  for (const name of figureNames) grown[name].set(columns[name].subarray(0, columns.length));
  return grown;
}

function withRoom(room: number, generation: number): StepColumns {
  const step = new Float64Array(room);
  return { length: 0, generation, step, ...eachFigure(() => new Float32Array(room)) };
}

function eachFigure(make: (name: FigureName) => Float32Array): Record<FigureName, Float32Array> {
  return {
    loss: make('loss'),
    gradNorm: make('gradNorm'),
    learningRate: make('learningRate'),
    tokens: make('tokens'),
    seconds: make('seconds'),
    memoryBytes: make('memoryBytes'),
    gpuBytes: make('gpuBytes'),
    gpuHeldBytes: make('gpuHeldBytes'),
  };
}
