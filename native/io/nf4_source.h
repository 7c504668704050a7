// Matrices in 4-bit NormalFloat: read from their parts in files, and made from wider ones.
#pragma once
#include <cstdint>
#include <vector>

#include "core/nf4_scales.h"
#include "io/tensor_source.h"

namespace adapter_lab {

/** Bytes that load_nf4 takes, up to the next 64-byte boundary. */
size_t nf4_bytes(const TensorSource& source);

/** The matrix, its parts in `memory` (nf4_bytes, 64-byte aligned), which stays the caller's. Throws as load_rows does. */
Nf4 load_nf4(Ops& ops, void* memory, const TensorSource& source);

struct QuantizedTensor {
  std::vector<uint8_t> codes;
  std::vector<float> absmax;  // empty when scales are quantised themselves
  Nf4Scales scales;
};

/** The source is read some megabytes at a time. Throws as load_rows does. */
QuantizedTensor quantize(Ops& ops, const TensorSource& source, int64_t block_size, bool double_quantisation);

}  // namespace adapter_lab
