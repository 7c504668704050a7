// Whether an element is kept is a hash of its index, so the backward pass needs no mask. The hash is two rounds of the
// 32-bit mixer of Wellons' "lowbias32", with a key before each.
#pragma once
#include "cpu/kernels/kernels.h"

namespace adapter_lab::ADAPTER_LAB_LEVEL {

__attribute__((always_inline)) static inline uint32_t mix(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  return x ^ (x >> 16);
}

/** The scale of a kept element, 0 of a dropped one. */
__attribute__((always_inline)) static inline float dropout_factor(const DropoutRun& run, uint32_t index) {
  const uint32_t hash = mix(mix(index ^ run.key0) + run.key1) >> 1;
  return static_cast<int32_t>(hash) < static_cast<int32_t>(run.threshold) ? 0.0f : run.scale;
}

static void dropout(float* y, const float* x, DropoutRun run, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) {
    const float factor = dropout_factor(run, run.first + static_cast<uint32_t>(i));
    y[i] = factor == 0.0f ? 0.0f : x[i] * factor;
  }
}

static void dropout_add(float* y, const float* x, DropoutRun run, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) {
    const float factor = dropout_factor(run, run.first + static_cast<uint32_t>(i));
    y[i] += factor == 0.0f ? 0.0f : x[i] * factor;
  }
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
