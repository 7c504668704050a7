// Where c has few tiles and k is long: blocks share out k in runs, whose sums are added up in order. Sizes alone
// decide.
#pragma once
#include <algorithm>

#include "cuda/product.h"

namespace adapter_lab::gpu {

constexpr int64_t kFewTiles = 128;  // with fewer most of a GPU would idle
constexpr int64_t kShortestRun = 256;

template <class T>
int64_t tiles_of(Tensor c) {
  return ceil_div(c.rows, T::kRows) * ceil_div(c.cols, T::kCols);
}

/** A block for each tile. */
template <class T>
Extent grid_of(Tensor c) {
  return {static_cast<unsigned>(ceil_div(c.cols, T::kCols)), static_cast<unsigned>(ceil_div(c.rows, T::kRows)), 1};
}

/** Length of a run of k: all of it where tiles are enough. */
template <class T>
int64_t run_depth_of(const Product& product, Sums sums) {
  const int64_t depth = product.depth();
  const int64_t tiles = tiles_of<T>(product.c);
  if (sums == Sums::kInOrder || tiles >= kFewTiles || depth < 2 * kShortestRun) return depth;
  const int64_t runs = std::min(ceil_div(2 * kFewTiles, tiles), depth / kShortestRun);
  return ceil_div(ceil_div(depth, runs), T::kDepth) * T::kDepth;
}

/** Calls multiply(grid, output, length of a run) for tiles of T; run z of k goes to rows [z M, z M + M) of the
 * output. */
template <class T, class Multiply>
void by_runs(Scratch& scratch, const Product& product, Sums sums, Multiply&& multiply) {
  const Tensor c = product.c;
  if (c.count() == 0) return;
  const int64_t run_depth = run_depth_of<T>(product, sums);
  const int64_t runs = ceil_div(product.depth(), run_depth);
  Extent grid = grid_of<T>(c);
  grid.z = static_cast<unsigned>(runs);
  const Output output(c, product.alpha, product.beta);
  if (runs == 1) return multiply(grid, output, run_depth);
  const Tensor partial = scratch.take(runs * c.rows, c.cols);
  multiply(grid, Output(partial, 1.0f, 0.0f), run_depth);
  add_runs(output, partial, c);
}

}  // namespace adapter_lab::gpu
