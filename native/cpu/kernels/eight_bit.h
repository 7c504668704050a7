// Numbers in 8 bits: codes into a map of 256 values, times the scale of their block.
#pragma once
#include "cpu/kernels/kernels.h"

namespace adapter_lab::ADAPTER_LAB_LEVEL {

static void from_8bit(float* y, const uint8_t* codes, const float* map, float scale, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) y[i] = map[codes[i]] * scale;
}

static float to_8bit(uint8_t* codes, const float* x, const uint8_t* nearest, int64_t n) {
  float largest = 0.0f;
#pragma omp simd reduction(max : largest)
  for (int64_t i = 0; i < n; ++i) {
    const float size = x[i] < 0.0f ? -x[i] : x[i];
    largest = size > largest ? size : largest;
  }
  if (!(largest > 0.0f)) {
    for (int64_t i = 0; i < n; ++i) codes[i] = 0;
    return 0.0f;
  }
  const float inverse = 1.0f / largest;
  // Places first: only looking them up goes one by one.
  int32_t places[kMomentBlock];
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) {
    // A number that is none takes the first place.
    float part = x[i] * inverse;
    part = part > -1.0f ? part : -1.0f;
    part = part < 1.0f ? part : 1.0f;
    places[i] = (int32_t)((part + 1.0f) * 32767.5f + 0.5f);
  }
  for (int64_t i = 0; i < n; ++i) codes[i] = nearest[places[i]];
  return largest;
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
