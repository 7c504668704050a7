// Products of small matrices that lie in the first caches, without the packing of a large product: attention's tiles.
// The left operand may be strided either way, so it may be a transpose; the right one has contiguous rows.
#pragma once
#include "cpu/kernels/kernels.h"
#include "cpu/kernels/vector.h"

namespace adapter_lab::ADAPTER_LAB_LEVEL {

// A tile has kTileRows rows; the last one up to kMostRows: the few that would be left cannot hide a sum's latency.
#if defined(__AVX512F__)
constexpr int kTileRows = 8;
constexpr int kMostRows = 14;
#else
constexpr int kTileRows = 6;
constexpr int kMostRows = 6;
#endif

/** One tile of Rows x (Vectors kLanes) results, kept in registers. */
template <int Rows, int Vectors>
static void product_tile(const SmallProduct& p, int64_t row, int64_t col) {
  const float* a = p.a + row * p.a_row;
  const float* b = p.b + col;
  const int64_t a_row = p.a_row;
  const int64_t a_col = p.a_col;
  const int64_t b_stride = p.b_stride;
  Vector sums[Rows][Vectors];
  for (int r = 0; r < Rows; ++r)
    for (int v = 0; v < Vectors; ++v) sums[r][v] = a[r * a_row] * load(b + v * kLanes);
  for (int64_t left = p.k - 1; left > 0; --left) {
    a += a_col;
    b += b_stride;
    Vector right[Vectors];
    for (int v = 0; v < Vectors; ++v) right[v] = load(b + v * kLanes);
    for (int r = 0; r < Rows; ++r)
      for (int v = 0; v < Vectors; ++v) sums[r][v] += a[r * a_row] * right[v];
  }
  const int64_t c_stride = p.c_stride;
  const float alpha = p.alpha;
  const bool accumulate = p.accumulate;
  float* c = p.c + row * c_stride + col;
  for (int r = 0; r < Rows; ++r)
    for (int v = 0; v < Vectors; ++v) {
      float* to = c + r * c_stride + v * kLanes;
      const Vector product = alpha * sums[r][v];
      store(to, accumulate ? load(to) + product : product);
    }
}

/** The last tile: `Rows` counts down to what is left. */
template <int Rows, int Vectors>
static void product_rows(const SmallProduct& p, int64_t row, int64_t col, int64_t rows) {
  if constexpr (Rows > 0) {
    if (rows == Rows)
      product_tile<Rows, Vectors>(p, row, col);
    else
      product_rows<Rows - 1, Vectors>(p, row, col, rows);
  }
}

template <int Vectors>
static void product_columns(const SmallProduct& p, int64_t col) {
  int64_t row = 0;
  for (; p.m - row > kMostRows; row += kTileRows) product_tile<kTileRows, Vectors>(p, row, col);
  product_rows<kMostRows, Vectors>(p, row, col, p.m - row);
}

static void small_product(SmallProduct p) {
  int64_t col = 0;
  for (; col + 2 * kLanes <= p.n; col += 2 * kLanes) product_columns<2>(p, col);
  if (col + kLanes <= p.n) {
    product_columns<1>(p, col);
    col += kLanes;
  }
  if (col == p.n) return;
  for (int64_t row = 0; row < p.m; ++row)
    for (int64_t c = col; c < p.n; ++c) {
      float sum = 0.0f;
      for (int64_t i = 0; i < p.k; ++i) sum += p.a[row * p.a_row + i * p.a_col] * p.b[i * p.b_stride + c];
      float& result = p.c[row * p.c_stride + c];
      result = p.accumulate ? result + p.alpha * sum : p.alpha * sum;
    }
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
