// What one matrix has over another, as matrices of scratch memory hold it.
#pragma once
#include <vector>

#include "core/arena.h"
#include "ops/ops.h"

namespace adapter_lab {

/** y (N,C) is set to a - b. */
inline void difference(Ops& ops, Arena& scratch, Tensor y, Tensor a, Tensor b) {
  const ArenaScope scope(scratch);
  const Tensor minus_one = scratch.take_f32(1, a.cols);
  const std::vector<float> host(static_cast<size_t>(a.cols), -1.0f);
  ops.upload(minus_one, host.data(), DType::f32);
  ops.copy(y, a);
  ops.scale_columns(y, b, minus_one, true);
}

}  // namespace adapter_lab
