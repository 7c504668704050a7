// The scale of a block of NF4, for kernels of each instruction set.
#pragma once
#include <stdint.h>

#include "core/nf4.h"

namespace adapter_lab {

/** The largest magnitude of a block. Product and sum are rounded apart, as bitsandbytes does in two steps. */
static inline float nf4_scale(const Nf4& matrix, int64_t block) {
  if (matrix.absmax) return matrix.absmax[block];
  volatile float product = matrix.map[matrix.absmax_codes[block]] * matrix.absmax_scales[block / kScalesBlock];
  return product + matrix.offset;
}

}  // namespace adapter_lab
