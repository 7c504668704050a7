// Matrices in 4-bit NormalFloat: read from their parts in files, and made from wider ones.
#pragma once
#include <cstdint>
#include <vector>

#include "core/nf4_scales.h"
#include "io/tensor_source.h"

namespace adapter_lab {

/** Elements of a flattened matrix; the first begins a block of scales of double quantisation. */
struct Nf4Range {
  int64_t first;
  int64_t count;
};

Nf4Range whole_range(const TensorSource& source);
/** Of some rows, and those before them that share their scales. */
Nf4Range rows_range(const TensorSource& source, int64_t first_row, int64_t rows);

/** Bytes that load_nf4 takes, up to the next 64-byte boundary. */
size_t nf4_bytes(const TensorSource& source, Nf4Range range);

/** The range as a matrix of its own, its parts in `memory` (nf4_bytes, 64-byte aligned), which stays the caller's.
 *  Throws as load_rows does. */
Nf4 load_nf4(Ops& ops, void* memory, const TensorSource& source, Nf4Range range);

struct QuantizedTensor {
  std::vector<uint8_t> codes;
  std::vector<float> absmax;  // empty when scales are quantised themselves
  Nf4Scales scales;
};

/** The source is read some megabytes at a time. Throws as load_rows does. */
QuantizedTensor quantize(Ops& ops, const TensorSource& source, int64_t block_size, bool double_quantisation);

}  // namespace adapter_lab
