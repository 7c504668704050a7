// Matrix products: the output is cut into tiles, each computed by one thread with oneDNN's product. Weights that are not f32
// are widened a tile at a time.
#include <vector>

#include "cpu/cpu_ops.h"
#include "cpu/sgemm.h"

namespace adapter_lab {
namespace {

// A product smaller than this (about 20 microseconds of one core) is one tile.
constexpr int64_t kSmallProduct = int64_t{1} << 20;

// Tiles of this many columns and up to this many rows run at the speed of the whole product; smaller ones pack more
// than they compute, larger ones leave the caches. Threads share at least kTiles where the shape allows.
constexpr int64_t kTileColumns = 192;
constexpr int64_t kTileRows = 320;
constexpr int64_t kFewestRows = 40;
constexpr int64_t kTiles = 6;

// Of weights that are not f32 a thread widens so many columns (or rows) of a tile at a time.
constexpr int64_t kWidenedDepth = 2048;

struct Tiling {
  int64_t rows;
  int64_t cols;
};

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

/** The size of each of `parts` nearly equal parts, a multiple of `step`. */
int64_t part_size(int64_t total, int64_t parts, int64_t step) { return ceil_div(ceil_div(total, parts), step) * step; }

Tiling choose_tiling(int64_t m, int64_t n, int64_t k, bool transpose_b) {
  // With a few rows the time goes into reading b, whatever their number.
  if (std::max<int64_t>(m, 4) * n * k <= kSmallProduct) return {m, n};
  if (m < 2 * kFewestRows) {
    const int64_t narrowest = transpose_b ? 144 : 96;
    return {m, std::clamp(part_size(n, kTiles, 48), narrowest, kTileColumns)};
  }
  const int64_t across = ceil_div(n, kTileColumns);
  const int64_t down = std::max(ceil_div(m, kTileRows), std::min(ceil_div(kTiles, across), m / kFewestRows));
  return {part_size(m, down, 8), part_size(n, across, 16)};
}

/** x (rows, cols) turned over into y (cols, rows), by blocks that stay in the first cache. */
void transpose(float* y, Tensor x) {
  constexpr int64_t kBlock = 16;
  for (int64_t first = 0; first < x.cols; first += kBlock)
    for (int64_t row = 0; row < x.rows; ++row)
      for (int64_t col = first; col < std::min(first + kBlock, x.cols); ++col) y[col * x.rows + row] = x.row(row)[col];
}

/** A narrow transposed b, an adapter's A, is turned over once: oneDNN would do it slowly and for every tile. */
bool worth_turning(int64_t m, int64_t n, int64_t k) { return n <= 64 && m >= 128 && m * n * k > kSmallProduct; }

}  // namespace

void CpuOps::widened_product(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b, float alpha,
                             float beta) const {
  const int64_t depth = transpose_b ? b.cols : b.rows;
  const int64_t part = part_size(depth, ceil_div(depth, kWidenedDepth), 64);
  thread_local std::vector<float> tile;
  tile.resize(static_cast<size_t>(std::min(part, depth) * c.cols));
  for (int64_t at = 0; at < depth; at += part) {
    const int64_t count = std::min(part, depth - at);
    const int64_t rows = transpose_b ? c.cols : count;
    const int64_t cols = transpose_b ? count : c.cols;
    for (int64_t row = 0; row < rows; ++row)
      widen(tile.data() + row * cols, b, transpose_b ? row : at + row, transpose_b ? at : 0, cols);
    const float* a_part = transpose_a ? a.row(at) : a.f32() + at;
    sgemm(c.f32(), c.stride, {a_part, a.stride, transpose_a}, {tile.data(), cols, transpose_b}, c.rows, c.cols, count,
          alpha, at == 0 ? beta : 1.0f);
  }
}

void CpuOps::gemm(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b, float alpha, float beta) {
  const int64_t k = transpose_a ? a.rows : a.cols;
  const bool wide = b.dtype == DType::f32;
  if (wide && transpose_b && worth_turning(c.rows, c.cols, k)) {
    thread_local std::vector<float> turned;
    turned.resize(static_cast<size_t>(b.count()));
    transpose(turned.data(), b);
    return gemm(c, a, transpose_a, Tensor(turned.data(), k, c.cols), false, alpha, beta);
  }
  const Tiling tile = choose_tiling(c.rows, c.cols, k, transpose_b);
  const int64_t across = ceil_div(c.cols, tile.cols);
  pool_.parallel_for(ceil_div(c.rows, tile.rows) * across, [&](int64_t chunk) {
    const int64_t row = chunk / across * tile.rows;
    const int64_t col = chunk % across * tile.cols;
    const int64_t rows = std::min(tile.rows, c.rows - row);
    const int64_t cols = std::min(tile.cols, c.cols - col);
    const Tensor a_part = transpose_a ? a.columns(row, rows) : a.slice(row, rows);
    const Tensor b_part = transpose_b ? b.slice(col, cols) : b.columns(col, cols);
    if (!wide)
      return widened_product(c.slice(row, rows).columns(col, cols), a_part, transpose_a, b_part, transpose_b, alpha,
                             beta);
    sgemm(c.row(row) + col, c.stride, {a_part.f32(), a.stride, transpose_a}, {b_part.f32(), b.stride, transpose_b},
          rows, cols, k, alpha, beta);
  });
}

}  // namespace adapter_lab
