// Tensor cores: d += a b with a (16,16) and b (16,8) in bf16 and d (16,8) in f32, by a warp whose lanes each hold a
// part of every matrix: its fragment (PTX ISA, "Matrix fragments for mma.m16n8k16 with floating point type"). Only
// these functions know the layout; the emulated ones compute from what the lanes hold, as the manual places it.
#pragma once
#include "cuda/gpu.h"
#include "cuda/number.h"

namespace adapter_lab::gpu {

/** Eight bf16 side by side: what is read and copied at once. */
struct alignas(16) Piece {
  uint32_t at[4];
};

/** Lane l, with group l / 4 and pair l % 4, holds of each 8 x 8 block of a (rows below and above 8, then columns) row
 * `group`, columns 2 pair and 2 pair + 1, the first in the lower half. */
struct FragmentA {
  uint32_t at[4];
};
/** Of each 8 x 8 block of b (rows below and above 8): column `group`, rows 2 pair and 2 pair + 1. */
struct FragmentB {
  uint32_t at[2];
};
/** Of d: rows `group` and `group` + 8, columns 2 pair and 2 pair + 1 of each. */
struct FragmentD {
  float at[4];

  static constexpr int kElements = 4;
  __device__ __forceinline__ static int row(int element) { return lane() / 4 + element / 2 * 8; }
  __device__ __forceinline__ static int col(int element) { return lane() % 4 * 2 + element % 2; }
};

/** Whether the device has tensor cores for bf16: compute capability 8.0. A kernel that runs on
 * such devices alone says so first (`only_with_tensor_cores`), as does one that they never run
 * (`only_without_tensor_cores`): for devices that do not run it, it is compiled to nothing. */
bool has_tensor_cores();

}  // namespace adapter_lab::gpu

#ifdef __CUDACC__
#include "cuda/nvidia/tensor_cores.h"
#else
#include "cuda/emulation/tensor_cores.h"
#endif

namespace adapter_lab::gpu {

/** As bf16, the first in the lower half. */
__device__ __forceinline__ Piece narrow_eight(const float (&values)[8]) {
  Piece piece;
  for (int i = 0; i < 4; ++i) piece.at[i] = narrow_pair(values[2 * i], values[2 * i + 1]);
  return piece;
}

/** A tile of bf16 in shared memory whose rows lie `pitch` pieces apart, an odd number: eight rows' pieces are in
 * different banks. Its lines go along the products' sums: they are its rows, or its columns. */
struct LinesInShared {
  Shared<Piece> pieces;
  int first;
  int pitch;
  bool are_columns;

  /** Of 16 lines from `line` on, the 16 steps from `step` on; both multiples of 8. */
  __device__ __forceinline__ FragmentA load_a(int line, int step GPU_AND_CALLER) const {
    FragmentA fragment;
    load_blocks(fragment.at, line + lane() / 8 % 2 * 8, step + lane() / 16 * 8 GPU_PASS_CALLER);
    return fragment;
  }
  /** The same 16 lines as two neighbouring fragments of b. */
  __device__ __forceinline__ void load_b(FragmentB& left, FragmentB& right, int line, int step GPU_AND_CALLER) const {
    uint32_t blocks[4];
    load_blocks(blocks, line + lane() / 16 * 8, step + lane() / 8 % 2 * 8 GPU_PASS_CALLER);
    left = {blocks[0], blocks[1]};
    right = {blocks[2], blocks[3]};
  }

 private:
  /** The lane names a row of one 8 x 8 block: eight lanes have the same `line` and `step`. */
  __device__ __forceinline__ void load_blocks(uint32_t (&blocks)[4], int line, int step GPU_AND_CALLER) const {
    const int row = (are_columns ? step : line) + lane() % 8;
    const int col = are_columns ? line : step;
    load_matrices(blocks, pieces, first + row * pitch + col / 8, are_columns GPU_PASS_CALLER);
  }
};

}  // namespace adapter_lab::gpu
