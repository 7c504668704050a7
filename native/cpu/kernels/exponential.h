// exp in f32 to 2 units in the last place, without branches so that loops over it are vectorised. Range reduction by ln
// 2 in two parts and Cephes' polynomial. Below -87 it is 0 (no denormals); above 88 it stays at exp(88); NaN stays NaN.
#pragma once
#include <stdint.h>

namespace adapter_lab::ADAPTER_LAB_LEVEL {

__attribute__((always_inline)) static inline float exponential(float x) {
  constexpr float kLog2E = 1.44269504088896341f;
  constexpr float kLn2High = 0.693359375f;
  constexpr float kLn2Low = -2.12194440e-4f;
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer, kept in the low bits
  float t = x > 88.0f ? 88.0f : x;
  t = t < -87.0f ? -87.0f : t;
  const float shifted = t * kLog2E + kRound;
  const float n = shifted - kRound;
  const float r = (t - n * kLn2High) - n * kLn2Low;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  const uint32_t exponent = (__builtin_bit_cast(uint32_t, shifted) - __builtin_bit_cast(uint32_t, kRound) + 127u) << 23;
  const float y = p * __builtin_bit_cast(float, exponent);
  return x < -87.0f ? 0.0f : y;
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
