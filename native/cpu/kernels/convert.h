// bf16 and f16 to f32, exactly.
#pragma once
#include <stdint.h>

namespace adapter_lab::ADAPTER_LAB_LEVEL {

static void from_bf16(float* y, const uint16_t* x, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) y[i] = __builtin_bit_cast(float, static_cast<uint32_t>(x[i]) << 16);
}

/** The bits of an f16 moved to f32's places and scaled by 2^112, which also makes its denormals right. */
static void from_f16(float* y, const uint16_t* x, int64_t n) {
  constexpr uint32_t kInfinity = 0x7f800000u;
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) {
    const uint32_t bits = x[i];
    const uint32_t magnitude = (bits & 0x7fffu) << 13;
    const float finite = __builtin_bit_cast(float, magnitude) * 0x1p112f;
    const uint32_t not_finite = magnitude | kInfinity;
    const uint32_t chosen = magnitude >= 0x0f800000u ? not_finite : __builtin_bit_cast(uint32_t, finite);
    y[i] = __builtin_bit_cast(float, chosen | (bits & 0x8000u) << 16);
  }
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
