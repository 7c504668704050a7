// exp in f32 to 2 units in the last place, without branches: of a number in loops that are vectorised, or of a vector.
// Range reduction by ln 2 in two parts and Cephes' polynomial. Below -87 it is 0 (no denormals), above 88 any number;
// NaN stays NaN.
#pragma once
#include <stdint.h>

#include "cpu/kernels/vector.h"

namespace adapter_lab::ADAPTER_LAB_LEVEL {

/** Whole numbers of a float's size, or of those of each lane. */
template <class Number>
struct BitsOf;
template <>
struct BitsOf<float> {
  using Type = uint32_t;
};
template <>
struct BitsOf<Vector> {
  using Type __attribute__((vector_size(kVectorBytes))) = uint32_t;
};

template <class Number>
__attribute__((always_inline)) static inline Number exponential(Number x) {
  using Bits = typename BitsOf<Number>::Type;
  constexpr float kLog2E = 1.44269504088896341f;
  constexpr float kLn2High = 0.693359375f;
  constexpr float kLn2Low = -2.12194440e-4f;
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer, kept in the low bits
  constexpr uint32_t kExponentOfOne = 127u << 23;
  const Number shifted = x * kLog2E + kRound;
  const Number n = shifted - kRound;
  const Number r = (x - n * kLn2High) - n * kLn2Low;
  // By Estrin's scheme: three short chains in place of a long one.
  const Number square = r * r;
  const Number high = r * 1.9875691500e-4f + 1.3981999507e-3f;
  const Number middle = r * 8.3334519073e-3f + 4.1665795894e-2f;
  const Number low = r * 1.6666665459e-1f + 5.0000001201e-1f;
  const Number p = ((high * square + middle) * square + low) * square + (r + 1.0f);
  // kRound's own bits have nothing in the low 9, which are all that is left.
  const Bits exponent = (__builtin_bit_cast(Bits, shifted) << 23) + kExponentOfOne;
  const Number y = p * __builtin_bit_cast(Number, exponent);
  return x < Number{} - 87.0f ? Number{} : y;
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
