// Shapes of launches over rows.
#pragma once
#include <algorithm>

#include "cuda/gpu.h"

namespace adapter_lab::gpu {

/** Threads of a block that shares a row: whole warps, about four elements a thread. It depends on the row's length
 * alone, so that a row has the same bits whatever rows stand beside it. */
inline unsigned threads_of_row(int64_t cols) {
  return static_cast<unsigned>(std::clamp<int64_t>(ceil_div(ceil_div(cols, 4), kWarp), 1, 8) * kWarp);
}

inline Extent block_of_each(int64_t rows) { return {static_cast<unsigned>(rows), 1, 1}; }

/** Blocks of `threads` that share out `count` elements, one each. */
inline Extent blocks_of(int64_t count, unsigned threads) {
  return {static_cast<unsigned>(ceil_div(count, threads)), 1, 1};
}

constexpr unsigned kElementThreads = 256;

__device__ __forceinline__ int64_t element_index() {
  return static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}

}  // namespace adapter_lab::gpu
