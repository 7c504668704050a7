// The methods of training, and what is true of several of them.

export const methods = [
  'full',
  'lora',
  'dora',
  'qlora',
  'qdora',
  'vera',
  'dvora',
  'adalora',
] as const;
export type Method = (typeof methods)[number];

/** Methods that train DoRA's magnitudes. */
export function hasMagnitudes(method: string): boolean {
  return method === 'dora' || method === 'qdora' || method === 'dvora';
}

/** Methods that train vectors of matrices which all modules share. */
export function isVera(method: string): boolean {
  return method === 'vera' || method === 'dvora';
}

/** Methods whose base is in 4-bit NormalFloat. */
export function isQuantized(method: string): boolean {
  return method === 'qlora' || method === 'qdora';
}
