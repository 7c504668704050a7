// Moving averages of parameters.
#include <algorithm>

#include "cpu/cpu_ops.h"

namespace adapter_lab {

void CpuOps::add_to_averages(std::span<const Average> averages, float decay) {
  const auto rest = static_cast<float>(1.0 - static_cast<double>(decay));
  for (const auto& [average, x] : averages)
    for_ranges(average.count(), kChunkFloats, [&](int64_t first, int64_t count) {
      kernels_.scale(average.f32() + first, decay, count);
      kernels_.axpy(average.f32() + first, x.f32() + first, rest, count);
    });
}

void CpuOps::exchange(Tensor a, Tensor b) {
  for_ranges(a.count(), kChunkFloats, [&](int64_t first, int64_t count) {
    std::swap_ranges(a.f32() + first, a.f32() + first + count, b.f32() + first);
  });
}

}  // namespace adapter_lab
