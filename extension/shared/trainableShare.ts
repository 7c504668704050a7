// The column "#Params (%)" of the paper's tables.

/** `parameters`: values of the base model; an adapter's own are added to them, as the paper counts. */
export function trainablePercent(method: string, trainable: number, parameters: number): number {
  const all = method === 'full' ? parameters : parameters + trainable;
  return all === 0 ? 0 : (100 * trainable) / all;
}
