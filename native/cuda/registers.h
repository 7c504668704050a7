// What keeps sums in registers: loops whose indices the compiler knows, and shared memory read by four floats at once.
#pragma once
#include <type_traits>
#include <utility>

#include "cuda/gpu.h"

namespace adapter_lab::gpu {

struct alignas(16) Four {
  float x, y, z, w;
};

/** sum + <a, b>, added up in order. */
__device__ __forceinline__ float add_dot(float sum, const Four& a, const Four& b) {
  return sum + a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;
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
