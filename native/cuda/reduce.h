// Sums and maxima over a warp or a block. Who adds what to what depends on the number of threads alone, so results are
// the same bits every time.
#pragma once
#include "cuda/gpu.h"

namespace adapter_lab::gpu {

struct Sum {
  template <class T>
  __device__ __forceinline__ T operator()(T a, T b) const {
    return a + b;
  }
};
struct Maximum {
  template <class T>
  __device__ __forceinline__ T operator()(T a, T b) const {
    return a > b ? a : b;
  }
};

/** Every lane gets the result. */
template <class T, class Combine>
__device__ __forceinline__ T warp_reduce(T value, Combine combine) {
  for (int distance = kWarp / 2; distance > 0; distance /= 2) value = combine(value, shuffle_xor(value, distance));
  return value;
}

/** Every lane gets the result of its half of the warp. */
template <class T, class Combine>
__device__ __forceinline__ T half_warp_reduce(T value, Combine combine) {
  for (int distance = kWarp / 4; distance > 0; distance /= 2) value = combine(value, shuffle_xor(value, distance));
  return value;
}

/** Elements of shared memory that block_reduce wants. */
constexpr int64_t kReduceElements = kWarp;

/** Every thread of the block, a whole number of warps, gets the result. `partial` may be used again at once. */
template <class T, class Combine>
__device__ T block_reduce(T value, Combine combine, const Shared<T>& partial) {
  value = warp_reduce(value, combine);
  const unsigned warps = blockDim.x / kWarp;
  if (warps == 1) return value;
  if (lane() == 0) partial[threadIdx.x / kWarp] = value;
  __syncthreads();
  T result = partial[0];
  for (unsigned warp = 1; warp < warps; ++warp) result = combine(result, static_cast<T>(partial[warp]));
  __syncthreads();
  return result;
}

}  // namespace adapter_lab::gpu
