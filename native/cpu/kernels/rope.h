// Rotary embedding in half-split order: element i of a head turns with element i + head_dim / 2.
#pragma once
#include <stdint.h>

namespace adapter_lab::ADAPTER_LAB_LEVEL {

static void rope(float* y, const float* x, const float* cosine, const float* sine, float sign, int64_t heads,
                 int64_t head_dim) {
  const int64_t half = head_dim / 2;
  for (int64_t head = 0; head < heads; ++head) {
    const int64_t low = head * head_dim, high = low + half;
#pragma omp simd
    for (int64_t i = 0; i < half; ++i) {
      const float a = x[low + i];
      const float b = x[high + i];
      const float s = sign * sine[i];
      y[low + i] = a * cosine[i] - b * s;
      y[high + i] = b * cosine[i] + a * s;
    }
  }
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
