// What attention's kernels are made of: products of tiles of kTile x kTile by a block of threads. Rows of one head are
// staged in shared memory by slices, so that it does not grow with the head; sums stay in registers, kOwn rows a
// thread. All sums run in an order that sizes alone decide.
#pragma once
#include <algorithm>

#include "cuda/array.h"
#include "cuda/registers.h"
#include "cuda/text_tiles.h"
#include "cuda/view.h"
#include "ops/ops.h"

namespace adapter_lab::gpu {

constexpr int kSlice = 32;  // columns staged at once where rows meet rows
constexpr int kOwn = 4;     // rows of a thread; its columns lie kAcross apart, or kOwn side by side
constexpr int kAcross = kTile / kOwn;
static_assert(kAcross == kWarp / 2, "half a warp owns the same rows");
constexpr unsigned kTileThreads = kAcross * kAcross;
// Rows in shared memory are four floats longer, so that eight threads which read one row each meet different banks.
constexpr int kSlicePitch = kSlice + 4;
constexpr int kTilePitch = kTile + 4;
constexpr int kStagedFloats = 2 * kTile * kSlicePitch;  // two slices, or one tile
constexpr int kWeightFloats = kTile * kTilePitch;
constexpr size_t kTileBytes = (kStagedFloats + kWeightFloats) * sizeof(float);
constexpr int kLargestHead = 256;
static_assert(kTile * kTilePitch <= kStagedFloats);

/** The same memory as floats, and by quads. */
struct Tiles {
  Shared<float> staged, weights;
  Shared<Quad> staged_quads, weight_quads;

  __device__ __forceinline__ Tiles() : Tiles(SharedMemory(), SharedMemory()) {}

 private:
  __device__ __forceinline__ Tiles(SharedMemory floats, SharedMemory quads)
      : staged(floats.take<float>(kStagedFloats)),
        weights(floats.take<float>(kWeightFloats)),
        staged_quads(quads.take<Quad>(kStagedFloats / 4)),
        weight_quads(quads.take<Quad>(kWeightFloats / 4)) {}
};

/** The first of a thread's rows in a tile, and its place across. */
__device__ __forceinline__ int own_row() { return static_cast<int>(threadIdx.x) / kAcross * kOwn; }
__device__ __forceinline__ int own_col() { return static_cast<int>(threadIdx.x) % kAcross; }

/** An AttentionShape in the numbers that registers like. */
struct HeadShape {
  int heads, kv_heads, dim, window;
  float scale;

  explicit HeadShape(const AttentionShape& shape)
      : heads(static_cast<int>(shape.heads)),
        kv_heads(static_cast<int>(shape.kv_heads)),
        dim(static_cast<int>(shape.head_dim)),
        window(static_cast<int>(std::min<int64_t>(shape.window, kWidestWindow))),
        scale(shape.scale) {}

  __device__ __forceinline__ int group() const { return heads / kv_heads; }
  __device__ __forceinline__ bool sees(int row, int key) const {
    return key <= row && (window == 0 || key > row - window);
  }
  /** The first key that a row of a text which starts at row `start` sees; the last is itself. */
  __device__ __forceinline__ int first_key(int row, int start) const {
    return window > 0 && row - window + 1 > start ? row - window + 1 : start;
  }

 private:
  static constexpr int64_t kWidestWindow = int64_t{1} << 30;
};

/** Rows before `end` of one head: columns [col, col + dim). */
template <class T>
struct HeadRows {
  View<const T> x;
  int end;
  int col;
  int dim;
};

/** kWidth columns from `col` on of kTile rows from `row` on, zeros outside of the head. A barrier before it: others may
 * still read what it replaces. One behind it: they read what it writes. */
template <int kWidth, class T>
__device__ __forceinline__ void stage(const Shared<float>& tile, int at, const HeadRows<T>& head, int row, int col) {
  for (int i = static_cast<int>(threadIdx.x); i < kTile * kWidth; i += static_cast<int>(kTileThreads)) {
    const int from = row + i / kWidth;
    const int c = col + i % kWidth;
    tile[at + i / kWidth * (kWidth + 4) + i % kWidth] =
        from < head.end && c < head.dim ? head.x.load(from, head.col + c) : 0.0f;
  }
}

/** sums[i][j] += <row own_row + i of a, row own_col + kAcross j of b>, counted from `a_row` and `b_row`. */
template <class T>
__device__ __forceinline__ void add_row_products(float (&sums)[kOwn][kOwn], const Tiles& tiles, const HeadRows<T>& a,
                                                 int a_row, const HeadRows<T>& b, int b_row) {
  constexpr int kPitch = kSlicePitch / 4;
  for (int col = 0; col < a.dim; col += kSlice) {
    __syncthreads();
    stage<kSlice>(tiles.staged, 0, a, a_row, col);
    stage<kSlice>(tiles.staged, kTile * kSlicePitch, b, b_row, col);
    __syncthreads();
    const int width = a.dim - col < kSlice ? a.dim - col : kSlice;
    for (int d = 0; 4 * d < width; ++d) {
      Quad left[kOwn];
      for (int i = 0; i < kOwn; ++i) left[i] = tiles.staged_quads[(own_row() + i) * kPitch + d];
      for (int j = 0; j < kOwn; ++j) {
        const Quad right = tiles.staged_quads[(kTile + own_col() + kAcross * j) * kPitch + d];
        for (int i = 0; i < kOwn; ++i) sums[i][j] = add_dot(sums[i][j], left[i], right);
      }
    }
  }
}

/** Four columns of each of a thread's rows for each kTile of the head. */
template <int kChunks>
using OwnSums = float[kOwn][kOwn * kChunks];

/** sums[i][first + e] += weights of row own_row + i times column 4 own_col + e of the staged tile. */
template <int kChunks>
__device__ __forceinline__ void add_weighted_tile(OwnSums<kChunks>& sums, int first, const Tiles& tiles) {
  constexpr int kPitch = kTilePitch / 4;
  for (int k = 0; k < kTile / 4; ++k) {
    Quad values[4];
    for (int e = 0; e < 4; ++e) values[e] = tiles.staged_quads[(4 * k + e) * kPitch + own_col()];
    for (int i = 0; i < kOwn; ++i) {
      const Quad weight = tiles.weight_quads[(own_row() + i) * kPitch + k];
      float* sum = sums[i] + first;
      for (int e = 0; e < 4; ++e)
        sum[e] = add_dot(sum[e], weight, {values[0].at[e], values[1].at[e], values[2].at[e], values[3].at[e]});
    }
  }
}

/** sums += weights rows, the kTile rows from `row` on: sums[i][4 c + e] is of column c kTile + 4 own_col + e. */
template <int kChunks, class T>
__device__ __forceinline__ void add_weighted_rows(OwnSums<kChunks>& sums, const Tiles& tiles, const HeadRows<T>& rows,
                                                  int row) {
  for_each_index<kChunks>([&](auto chunk) {
    if (chunk * kTile >= rows.dim) return;
    __syncthreads();
    stage<kTile>(tiles.staged, 0, rows, row, chunk * kTile);
    __syncthreads();
    if (chunk * kTile + kOwn * own_col() < rows.dim) add_weighted_tile<kChunks>(sums, kOwn * chunk, tiles);
  });
}

/** store(i, row, column, sum) for a thread's sums inside of the head. */
template <int kChunks, class T, class Store>
__device__ __forceinline__ void for_each_sum(const OwnSums<kChunks>& sums, const HeadRows<T>& head, int row,
                                             Store&& store) {
  for_each_index<kOwn>([&](auto i) {
    if (row + own_row() + i >= head.end) return;
    for_each_index<kOwn * kChunks>([&](auto at) {
      const int col = at / kOwn * kTile + kOwn * own_col() + at % kOwn;
      if (col < head.dim) store(i, row + own_row() + i, head.col + col, sums[i][at]);
    });
  });
}

/** Blocks of threads that a multiprocessor is to hold at once, by the registers that their sums leave. */
constexpr int blocks_at_once(int sums) { return sums <= 32 ? 2 : 1; }

/** run(kTile-wide chunks that a head takes), a constant of the compiler's. */
template <class Run>
void with_chunks(int64_t head_dim, Run&& run) {
  if (head_dim <= kTile) return run(std::integral_constant<int, 1>());
  if (head_dim <= 2 * kTile) return run(std::integral_constant<int, 2>());
  if (head_dim <= kLargestHead) return run(std::integral_constant<int, 4>());
  throw Error("internal", "", "a head of more than 256");
}

}  // namespace adapter_lab::gpu
