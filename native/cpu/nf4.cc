// Quantisation to 4-bit NormalFloat, a block at a time.
#include <cmath>

#include "cpu/cpu_ops.h"
#include "cpu/own_floats.h"

namespace adapter_lab {
namespace {

constexpr float kSmallest = 1e-38f;  // bitsandbytes' floor under a divisor

float largest_magnitude(const float* x, int64_t n) {
  float largest = 0.0f;
  for (int64_t i = 0; i < n; ++i) largest = std::max(largest, std::fabs(x[i]));
  return largest;
}

}  // namespace

void CpuOps::quantize_nf4(uint8_t* codes, float* absmax, const void* source, DType type, int64_t count,
                          int64_t block_size) {
  const Tensor flat(const_cast<void*>(source), 1, count, type);
  for_ranges(count, std::max(kChunkFloats, block_size), [&](int64_t first, int64_t elements) {
    thread_local OwnFloats memory;
    float* const wide = memory.take(elements);
    widen(wide, flat, 0, first, elements);
    for (int64_t at = 0; at < elements; at += block_size) {
      const int64_t n = std::min(block_size, elements - at);
      float* block = wide + at;
      float& largest = absmax[(first + at) / block_size];
      largest = largest_magnitude(block, n);
      float factor = 1.0f / std::max(largest, kSmallest);
      if (n < block_size) {
        largest = std::max(largest, kSmallest);
        for (int64_t i = 0; i < n; ++i) block[i] /= largest;
        factor = 1.0f;
      }
      kernels_.to_nf4(codes + (first + at) / 2, block, factor, n);
    }
  });
}

}  // namespace adapter_lab
