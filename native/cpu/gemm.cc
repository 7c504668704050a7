// Matrix products: the output is cut into tiles, each computed by one thread with oneDNN's product. A right operand
// that is not f32 is widened a tile at a time; a transposed one of many products is turned over, as oneDNN's kernels
// read it best.
#include <vector>

#include "core/ceil_div.h"
#include "cpu/cpu_ops.h"

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

// Of a right operand that is laid out a thread takes so many columns (or rows) of a tile at a time.
constexpr int64_t kLaidDepth = 2048;

// A turned tile serves many rows, beside which the work of turning is small, and stays in the second cache.
constexpr int64_t kTurnedRows = 512;
constexpr int64_t kFewestTurnedRows = 64;
constexpr int64_t kTurnedFloats = 96 * 1024;

struct Tiling {
  int64_t rows;
  int64_t cols;
};

/** The size of each of `parts` nearly equal parts, a multiple of `step`. */
int64_t part_size(int64_t total, int64_t parts, int64_t step) { return ceil_div(ceil_div(total, parts), step) * step; }

bool is_small(int64_t m, int64_t n, int64_t k) {
  // With a few rows the time goes into reading b, whatever their number.
  return std::max<int64_t>(m, 4) * n * k <= kSmallProduct;
}

Tiling choose_tiling(int64_t m, int64_t n, int64_t k, bool transpose_b) {
  if (is_small(m, n, k)) return {m, n};
  if (m < 2 * kFewestRows) {
    const int64_t narrowest = transpose_b ? 144 : 96;
    return {m, std::clamp(part_size(n, kTiles, 48), narrowest, kTileColumns)};
  }
  const int64_t across = ceil_div(n, kTileColumns);
  const int64_t down = std::max(ceil_div(m, kTileRows), std::min(ceil_div(kTiles, across), m / kFewestRows));
  return {part_size(m, down, 8), part_size(n, across, 16)};
}

Tiling choose_turned_tiling(int64_t m, int64_t n, int64_t k) {
  const int64_t widest = std::clamp(kTurnedFloats / std::min(k, kLaidDepth) / 48 * 48, int64_t{48}, kTileColumns);
  const int64_t cols = std::min(part_size(n, kTiles, 48), widest);
  return {part_size(m, ceil_div(m, kTurnedRows), 8), cols};
}

/** How c is cut, and whether a tile's part of a transposed b is turned over. */
struct Tiles {
  bool turned;
  Tiling tile;

  int64_t across(Tensor c) const { return ceil_div(c.cols, tile.cols); }
  int64_t count(Tensor c) const { return ceil_div(c.rows, tile.rows) * across(c); }
  int64_t row(Tensor c, int64_t index) const { return index / across(c) * tile.rows; }
  int64_t col(Tensor c, int64_t index) const { return index % across(c) * tile.cols; }
  Tensor part(Tensor c, int64_t index) const {
    const int64_t first_row = row(c, index), first_col = col(c, index);
    return c.slice(first_row, std::min(tile.rows, c.rows - first_row))
        .columns(first_col, std::min(tile.cols, c.cols - first_col));
  }
};

Tiles choose_tiles(Tensor c, int64_t k, bool transpose_b) {
  const bool turned = transpose_b && c.rows >= kFewestTurnedRows && !is_small(c.rows, c.cols, k);
  return {turned, turned ? choose_turned_tiling(c.rows, c.cols, k) : choose_tiling(c.rows, c.cols, k, transpose_b)};
}

/** A narrow transposed b, an adapter's A, is turned over once, not for every tile. */
bool worth_turning(int64_t m, int64_t n, int64_t k) { return n <= 64 && m >= 128 && m * n * k > kSmallProduct; }

}  // namespace

void CpuOps::turn_over(float* tile, Tensor b, int64_t first, int64_t count) const {
  if (b.dtype == DType::f32) return kernels_.transpose(tile, b.rows, b.f32() + first, b.stride, b.rows, count);
  constexpr int64_t kRowsAtOnce = 16;
  thread_local std::vector<float> wide;
  wide.resize(static_cast<size_t>(kRowsAtOnce * count));
  for (int64_t row = 0; row < b.rows; row += kRowsAtOnce) {
    const int64_t rows = std::min(kRowsAtOnce, b.rows - row);
    for (int64_t i = 0; i < rows; ++i) widen(wide.data() + i * count, b, row + i, first, count);
    kernels_.transpose(tile + row, b.rows, wide.data(), count, rows, count);
  }
}

void CpuOps::laid_product(Tensor c, Operand a, Tensor b, bool transpose_b, bool turn, float alpha, float beta) const {
  const int64_t depth = transpose_b ? b.cols : b.rows;
  const int64_t part = part_size(depth, ceil_div(depth, kLaidDepth), 64);
  thread_local std::vector<float> tile;
  tile.resize(static_cast<size_t>(std::min(part, depth) * c.cols));
  for (int64_t at = 0; at < depth; at += part) {
    const int64_t count = std::min(part, depth - at);
    const bool transposed = transpose_b && !turn;
    const int64_t stride = transposed ? count : c.cols;
    if (turn)
      turn_over(tile.data(), b, at, count);
    else
      for (int64_t row = 0; row < (transposed ? c.cols : count); ++row)
        widen(tile.data() + row * stride, b, transposed ? row : at + row, transposed ? at : 0, stride);
    const Operand a_part{a.data + at * (a.transposed ? a.stride : 1), a.stride, a.transposed};
    sgemm(c.f32(), c.stride, a_part, {tile.data(), stride, transposed}, c.rows, c.cols, count, alpha,
          at == 0 ? beta : 1.0f);
  }
}

void CpuOps::gemm(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b, float alpha, float beta) {
  const int64_t k = transpose_a ? a.rows : a.cols;
  if (!transpose_a && is_for_tiles(c.rows, c.cols, k, b)) return tile_product(c, a, b, transpose_b, alpha, beta);
  const bool wide = b.dtype == DType::f32;
  if (wide && transpose_b && worth_turning(c.rows, c.cols, k)) {
    thread_local std::vector<float> turned;
    turned.resize(static_cast<size_t>(b.count()));
    kernels_.transpose(turned.data(), b.rows, b.f32(), b.stride, b.rows, b.cols);
    return gemm(c, a, transpose_a, Tensor(turned.data(), k, c.cols), false, alpha, beta);
  }
  const Tiles tiles = choose_tiles(c, k, transpose_b);
  pool_.parallel_for(tiles.count(c), [&](int64_t chunk) {
    const int64_t row = tiles.row(c, chunk);
    const int64_t col = tiles.col(c, chunk);
    const Tensor c_part = tiles.part(c, chunk);
    const Operand a_part{transpose_a ? a.f32() + row : a.row(row), a.stride, transpose_a};
    const Tensor b_part = transpose_b ? b.slice(col, c_part.cols) : b.columns(col, c_part.cols);
    if (tiles.turned || !wide) return laid_product(c_part, a_part, b_part, transpose_b, tiles.turned, alpha, beta);
    sgemm(c_part.f32(), c.stride, a_part, {b_part.f32(), b.stride, transpose_b}, c_part.rows, c_part.cols, k, alpha,
          beta);
  });
}

/** A tile's product stays in the second cache until it is scaled. */
void CpuOps::scaled_product(Tensor y, Tensor u, Tensor x, Tensor w, Tensor gain, float alpha, bool accumulate) {
  const auto scale = accumulate ? kernels_.multiply_add : kernels_.multiply;
  const Tiles tiles = choose_tiles(y, x.cols, true);
  pool_.parallel_for(tiles.count(y), [&](int64_t chunk) {
    const int64_t first = tiles.row(y, chunk);
    const int64_t col = tiles.col(y, chunk);
    const Tensor y_part = tiles.part(y, chunk);
    thread_local std::vector<float> memory;
    memory.resize(static_cast<size_t>(y_part.count()));
    const Tensor product(memory.data(), y_part.rows, y_part.cols);
    laid_product(product, {x.row(first), x.stride, false}, w.slice(col, y_part.cols), true, tiles.turned, alpha, 0.0f);
    for (int64_t row = 0; row < y_part.rows; ++row) {
      if (!u.empty()) kernels_.add(product.row(row), u.row(first + row) + col, y_part.cols);
      scale(y_part.row(row), product.row(row), gain.f32() + col, y_part.cols);
    }
  });
}

}  // namespace adapter_lab
