// A matrix in 4-bit NormalFloat (QLoRA, arXiv 2305.14314), laid out as bitsandbytes lays it out. Blocks run over the
// flattened matrix, also across rows. Plain data: the row kernels read it too.
#pragma once
#include <stdint.h>

namespace adapter_lab {

constexpr int64_t kScalesBlock = 256;  // of double quantisation
constexpr int64_t kScalesMap = 256;    // entries of its code book

/** Value of each code: device code reads constants only where they are its own, so each gets a copy. */
#define ADAPTER_LAB_NF4_BOOK                                                                                      \
  {-1.0f,                -0.6961928009986877f,  -0.5250730514526367f, -0.39491748809814453f,                       \
   -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0.0f,                                      \
   0.07958029955625534f,  0.16093020141124725f,  0.24611230194568634f,  0.33791524171829224f,                      \
   0.44070982933044434f,  0.5626170039176941f,   0.7229568362236023f,   1.0f}

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
