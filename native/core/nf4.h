// A matrix in 4-bit NormalFloat (QLoRA, arXiv 2305.14314), laid out as bitsandbytes lays it out. Blocks run over the
// flattened matrix, also across rows. Plain data: the row kernels read it too.
#pragma once
#include <stdint.h>

namespace adapter_lab {

constexpr int64_t kScalesBlock = 256;  // of double quantisation
constexpr int64_t kScalesMap = 256;    // entries of its code book

struct Nf4 {
  const uint8_t* codes;  // two a byte, the first in the upper half
  int block_shift;       // a block holds 1 << block_shift elements
  const float* absmax;   // a block's largest magnitude; null when quantised to 8 bits themselves:
  // absmax = map[absmax_codes[block]] * absmax_scales[block / kScalesBlock] + offset
  const uint8_t* absmax_codes;
  const float* absmax_scales;
  const float* map;  // (kScalesMap)
  float offset;
};

/** Where rows of a matrix begin in it, counted in elements. */
struct Nf4View {
  const Nf4* matrix;
  int64_t first;
};

}  // namespace adapter_lab
