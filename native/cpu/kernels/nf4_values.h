// What a code of NF4 stands for, for kernels of each instruction set: a value of the book times its block's scale.
#pragma once
#include <stdint.h>

#include "core/nf4.h"

namespace adapter_lab {

alignas(64) static const float kNf4Values[16] = ADAPTER_LAB_NF4_BOOK;

/** The largest magnitude of a block. Product and sum are rounded apart, as bitsandbytes does in two steps. */
static inline float nf4_scale(const Nf4& matrix, int64_t block) {
  if (matrix.absmax) return matrix.absmax[block];
  volatile float product = matrix.map[matrix.absmax_codes[block]] * matrix.absmax_scales[block / kScalesBlock];
  return product + matrix.offset;
}

}  // namespace adapter_lab
