// What attention's kernels by tensor cores are made of: a warp owns sixteen rows of a tile of kTile, and their products
// with the other tile's rows stay in its fragments, where they become weights and then operands of the next product: no
// matrix of scores in shared or global memory. Tiles hold the rows of one head, whole, in bf16.
#pragma once
#include "cuda/attention_tiles.h"
#include "cuda/pieces.h"
#include "cuda/tensor_cores.h"

namespace adapter_lab::gpu {

constexpr int kRowsOfWarp = 16;
constexpr int kFragmentThreads = kTile / kRowsOfWarp * kWarp;
constexpr float kLog2E = 1.44269504088896341f;
constexpr float kLn2 = 0.69314718055994531f;

/** In pieces, of heads of up to kDims columns; a row ends in one that nobody reads, so that the pitch is odd. */
template <int kDims>
constexpr int kHeadPitch = kDims / 8 + 1;
template <int kDims>
constexpr size_t head_tile_bytes(int rows) {
  return static_cast<size_t>(rows * kHeadPitch<kDims>) * sizeof(Piece);
}

/** Of a warp: sixteen rows by kCols columns. */
template <int kCols>
using RowSums = FragmentD[kCols / 8];

/** Rows before `end` of one head, columns [col, col + dim), as the pieces of a tile. */
struct HeadPieces {
  View<const BFloat16> x;
  int dim;
  bool are_whole;  // eight columns from a multiple of eight on may be read at once, in every head
  int end = 0;
  int col = 0;

  HeadPieces(Tensor x, int64_t head_dim)
      : x(x), dim(static_cast<int>(head_dim)), are_whole(head_dim % 8 == 0 && has_whole_pieces(x)) {}

  __device__ __forceinline__ HeadPieces of(int of_end, int of_col) const {
    HeadPieces head = *this;
    head.end = of_end;
    head.col = of_col;
    return head;
  }

  /** kRows rows from `row` on are copied to `tile`; what is outside of the head is 0. */
  template <int kDims, int kRows>
  __device__ __forceinline__ void stage(const Shared<Piece>& tile, int row, AsyncCopies& copies) const {
    constexpr int kAcross = kDims / 8;
    for (int at = static_cast<int>(threadIdx.x); at < kRows * kAcross; at += kFragmentThreads) {
      const int r = at / kAcross, p = at % kAcross;
      if (8 * p >= (dim + 15) / 16 * 16) continue;  // sums run along columns by sixteens
      const int to = r * kHeadPitch<kDims> + p;
      if (are_whole && row + r < end && 8 * p + 8 <= dim)
        copies.copy(tile, to, x.read(row + r, col + 8 * p, 8));
      else
        tile[to] = edge_piece(row + r, 8 * p);
    }
  }

 private:
  __device__ __forceinline__ Piece edge_piece(int row, int d) const {
    float values[8];
    for (int i = 0; i < 8; ++i) values[i] = row < end && d + i < dim ? x.load(row, col + d + i) : 0.0f;
    return narrow_eight(values);
  }
};

/** sums += a's rows times b's rows along the columns of a head: b's row 8 j + c is column c of fragment j. */
template <int kDims, int kCols>
__device__ __forceinline__ void add_row_products(RowSums<kCols>& sums, const Shared<Piece>& a, int a_row,
                                                 const Shared<Piece>& b, int dim) {
  const LinesInShared rows{a, 0, kHeadPitch<kDims>, false};
  const LinesInShared cols{b, 0, kHeadPitch<kDims>, false};
  GPU_NO_UNROLL for (int d = 0; d < dim; d += 16) {
    const FragmentA left = rows.load_a(a_row, d);
    GPU_UNROLL for (int j = 0; j < kCols / 8; j += 2) {
      FragmentB right[2];
      cols.load_b(right[0], right[1], 8 * j, d);
      multiply_add(sums[j], left, right[0]);
      multiply_add(sums[j + 1], left, right[1]);
    }
  }
}

/** Sixteen columns of sums, in bf16, as the left operand of the next product: what a lane has of both is the same. */
__device__ __forceinline__ FragmentA as_operand(const FragmentD& left, const FragmentD& right) {
  return {{narrow_pair(left.at[0], left.at[1]), narrow_pair(left.at[2], left.at[3]),
           narrow_pair(right.at[0], right.at[1]), narrow_pair(right.at[2], right.at[3])}};
}

/** sums += weights (16, kRows) times the tile's rows: column 8 j + c of the head is column c of fragment j. */
template <int kDims, int kRows>
__device__ __forceinline__ void add_weighted_rows(RowSums<kDims>& sums, const RowSums<kRows>& weights,
                                                  const Shared<Piece>& tile, int dim) {
  const LinesInShared cols{tile, 0, kHeadPitch<kDims>, true};
  GPU_UNROLL for (int k = 0; k < kRows / 16; ++k) {
    const FragmentA left = as_operand(weights[2 * k], weights[2 * k + 1]);
    GPU_UNROLL for (int j = 0; j < kDims / 8; j += 2) {
      if (8 * j >= dim) continue;
      FragmentB right[2];
      cols.load_b(right[0], right[1], 8 * j, 16 * k);
      multiply_add(sums[j], left, right[0]);
      multiply_add(sums[j + 1], left, right[1]);
    }
  }
}

/** Of a row's four lanes. */
template <class Combine>
__device__ __forceinline__ float quad_reduce(float value, Combine combine) {
  value = combine(value, shuffle_xor(value, 1));
  return combine(value, shuffle_xor(value, 2));
}

/** store(which of the lane's two rows, row, column of x, sum) for a warp's sums inside of the head. */
template <int kDims, class Store>
__device__ __forceinline__ void for_each_sum(const RowSums<kDims>& sums, const HeadPieces& head, int row,
                                             Store&& store) {
  GPU_UNROLL for (int j = 0; j < kDims / 8; ++j) {
    GPU_UNROLL for (int element = 0; element < FragmentD::kElements; ++element) {
      const int at = row + FragmentD::row(element), col = 8 * j + FragmentD::col(element);
      if (at < head.end && col < head.dim) store(element / 2, at, head.col + col, sums[j].at[element]);
    }
  }
}

/** run(columns that a head is given), a constant of the compiler's. */
template <class Run>
void with_dims(int64_t head_dim, Run&& run) {
  if (head_dim <= 64) return run(std::integral_constant<int, 64>());
  if (head_dim <= 128) return run(std::integral_constant<int, 128>());
  run(std::integral_constant<int, 256>());
}

}  // namespace adapter_lab::gpu
