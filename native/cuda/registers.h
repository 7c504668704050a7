// What keeps sums in registers: loops whose indices the compiler knows, and shared memory read by four floats at once.
#pragma once
#include <type_traits>
#include <utility>

#include "cuda/gpu.h"

/** Before a loop over arrays of sums: they are registers only when every index is known. */
#ifdef __CUDACC__
#define GPU_UNROLL _Pragma("unroll")
/** Before a loop that is seldom run: it may not grow what is. */
#define GPU_NO_UNROLL _Pragma("unroll 1")
#else
#define GPU_UNROLL
#define GPU_NO_UNROLL
#endif

namespace adapter_lab::gpu {

/** Four floats that are read from shared memory at once. */
struct alignas(16) Quad {
  float at[4];
};

/** Two floats that lie side by side. */
struct Pair {
  float at[2];
};

/** sum + <a, b>, added up in order. */
__device__ __forceinline__ float add_dot(float sum, const Quad& a, const Quad& b) {
  for (int i = 0; i < 4; ++i) sum += a.at[i] * b.at[i];
  return sum;
}

template <int... kIndices, class Body>
__device__ __forceinline__ void for_each_index(std::integer_sequence<int, kIndices...>, Body&& body) {
  (body(std::integral_constant<int, kIndices>()), ...);
}
/** body(0), body(1), ...: each a constant of the compiler's. */
template <int kCount, class Body>
__device__ __forceinline__ void for_each_index(Body&& body) {
  for_each_index(std::make_integer_sequence<int, kCount>(), body);
}

}  // namespace adapter_lab::gpu
