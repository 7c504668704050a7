// The 8-bit numbers of bitsandbytes' dynamic map: a sign or none, an exponent of ten in unary, a linear fraction (arXiv
// 2110.02861, fig. 2). kernels/eight_bit.h finds the code of a number.
#pragma once
#include <array>
#include <cstdint>

namespace adapter_lab {

struct DynamicMap {
  explicit DynamicMap(bool has_signs);

  std::array<float, 256> values;  // rising, from -1 (or 0) to 1
};

/** Made once. */
const DynamicMap& dynamic_map(bool has_signs);

}  // namespace adapter_lab
