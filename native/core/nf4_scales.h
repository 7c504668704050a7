// Double quantisation of a matrix's largest magnitudes, bit for bit as bitsandbytes' CPU functions compute it.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace adapter_lab {

struct Nf4Scales {
  std::vector<uint8_t> codes;  // one a block of the matrix
  std::vector<float> absmax;   // one for kScalesBlock of them
  float offset;                // the mean of the magnitudes
};

/** The 256 values of the 8-bit dynamic type (arXiv 1511.04561), ascending. */
std::vector<float> dynamic_map();

Nf4Scales quantize_scales(std::span<const float> absmax);

}  // namespace adapter_lab
