// How a matrix in 4-bit NormalFloat is laid out, and how bitsandbytes names its parts beside the codes.

/** Scales that share one of double quantisation (native/core/nf4.h). */
export const scalesBlock = 256;
/** Entries of their code book. */
export const scalesMap = 256;

export const suffixes = {
  absmax: '.absmax',
  scales: '.nested_absmax',
  map: '.nested_quant_map',
  offset: '.nested_offset',
} as const;
