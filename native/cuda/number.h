// The number types of matrices, and how they are read and written as floats.
#pragma once
#include "core/nf4.h"
#include "cuda/gpu.h"

namespace adapter_lab::gpu {

struct BFloat16 {
  uint16_t bits;
};
struct Float16 {
  uint16_t bits;
};

__device__ __forceinline__ float widen(float value) { return value; }
__device__ __forceinline__ float widen(Float16 value) { return f16_to_float(value.bits); }
__device__ __forceinline__ float widen(BFloat16 value) {
  return bit_cast<float>(static_cast<uint32_t>(value.bits) << 16);
}

template <class T>
__device__ __forceinline__ T narrow(float value);
template <>
__device__ __forceinline__ float narrow<float>(float value) {
  return value;
}
/** To the nearest, ties to even; NaN stays NaN. */
template <>
__device__ __forceinline__ BFloat16 narrow<BFloat16>(float value) {
  const auto bits = bit_cast<uint32_t>(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return {static_cast<uint16_t>(bits >> 16 | 0x40)};
  return {static_cast<uint16_t>((bits + 0x7fffu + (bits >> 16 & 1)) >> 16)};
}

/** Value of a 4-bit NormalFloat code (arXiv 2305.14314, appendix E). */
__device__ __forceinline__ float nf4_value(int code) {
  static constexpr float kBook[16] = ADAPTER_LAB_NF4_BOOK;  // one copy, not one on each thread's stack
  return kBook[code];
}

}  // namespace adapter_lab::gpu
