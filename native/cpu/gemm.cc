// Matrix products: the output is cut into tiles, each computed by one thread with oneDNN's product.
#include <vector>

#include "cpu/cpu_ops.h"
#include "cpu/sgemm.h"

namespace adapter_lab {
namespace {

// A product smaller than this (about 20 microseconds of one core) is one tile.
constexpr int64_t kSmallProduct = int64_t{1} << 20;

struct Tiling {
  int64_t rows;
  int64_t cols;
};

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

/** Parts of nearly equal size, multiples of `step`, none above `most` where it can be. */
int64_t equal_parts(int64_t total, int64_t most, int64_t step) {
  const int64_t parts = ceil_div(total, most);
  return ceil_div(ceil_div(total, parts), step) * step;
}

/** Tiles that run at the speed of the whole product: tall, since each tile packs its part of b again. */
Tiling choose_tiling(int64_t m, int64_t n, int64_t k) {
  if (m * n * k <= kSmallProduct) return {m, n};
  if (n >= 384) return {m <= 1024 ? m : equal_parts(m, 768, 48), equal_parts(n, 192, 16)};
  return {equal_parts(m, std::max<int64_t>(48, ceil_div(m, 8)), 48), n};
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

void CpuOps::gemm(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b, float alpha, float beta) {
  const int64_t k = transpose_a ? a.rows : a.cols;
  if (transpose_b && worth_turning(c.rows, c.cols, k)) {
    thread_local std::vector<float> turned;
    turned.resize(static_cast<size_t>(b.count()));
    transpose(turned.data(), b);
    return gemm(c, a, transpose_a, Tensor(turned.data(), k, c.cols), false, alpha, beta);
  }
  const Tiling tile = choose_tiling(c.rows, c.cols, k);
  const int64_t across = ceil_div(c.cols, tile.cols);
  pool_.parallel_for(ceil_div(c.rows, tile.rows) * across, [&](int64_t chunk) {
    const int64_t row = chunk / across * tile.rows;
    const int64_t col = chunk % across * tile.cols;
    const float* a_part = transpose_a ? a.f32() + row : a.row(row);
    const float* b_part = transpose_b ? b.row(col) : b.f32() + col;
    sgemm(c.row(row) + col, c.stride, {a_part, a.stride, transpose_a}, {b_part, b.stride, transpose_b},
          std::min(tile.rows, c.rows - row), std::min(tile.cols, c.cols - col), k, alpha, beta);
  });
}

}  // namespace adapter_lab
