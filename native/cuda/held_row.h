// A row that a block of threads reads once and uses twice: each thread keeps its part of it in registers.
#pragma once
#include "cuda/rows.h"
#include "cuda/view.h"

namespace adapter_lab::gpu {

/** Quads that a thread keeps, 4 blockDim.x columns apart. */
constexpr int kHeldQuads = 4;
constexpr unsigned kMostHolders = 512;

using HeldQuads = Quad[kHeldQuads];

/** As threads_of_row, and more where that lets a row be kept; those of more than 8,192 columns are read again. */
inline unsigned threads_of_held_row(int64_t cols) {
  const unsigned threads = threads_of_row(cols);
  return static_cast<int64_t>(threads) * 4 * kHeldQuads >= cols ? threads : kMostHolders;
}

/** Columns that the block keeps at once. */
__device__ __forceinline__ int64_t held_cols() { return static_cast<int64_t>(blockDim.x) * 4 * kHeldQuads; }

/** body(i, col) for the thread's quads among the held_cols() columns from `first` on. */
template <class Body>
__device__ __forceinline__ void for_each_held(int64_t first, int64_t cols, Body&& body) {
  for_each_index<kHeldQuads>([&](auto i) {
    const int64_t col = first + 4 * (static_cast<int64_t>(i) * blockDim.x + threadIdx.x);
    if (col < cols) body(i, col);
  });
}

}  // namespace adapter_lab::gpu
