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

/** The 4-bit code book (QLoRA, arXiv 2305.14314; native/cpu/kernels/nf4.h). */
export const codeBook = Float32Array.of(
  ...[-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453],
  ...[-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0],
  ...[0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224],
  ...[0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0],
);
