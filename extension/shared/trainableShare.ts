// The column "#Params (%)" of the paper's tables.

export interface CountedValues {
  /** Values that are trained. */
  trainable: number;
  /** Those of them that the base model does not have. */
  added: number;
  /** Values of the base model. */
  parameters: number;
}

/** Of all values: those of the base and, as the paper counts, the adapter's own. From 0 to 1. */
export function trainableShare({ trainable, added, parameters }: CountedValues): number {
  const all = parameters + added;
  return all === 0 ? 0 : trainable / all;
}

export function trainablePercent(counted: CountedValues): number {
  return 100 * trainableShare(counted);
}

/** What an adapter adds; files that do not say so are of methods that train either the base or what they add. */
export function addedValues(method: string, trainable: number, added?: number): number {
  return added ?? (method === 'full' ? 0 : trainable);
}
