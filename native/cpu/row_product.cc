// Products whose rows do not depend on each other. Threads share blocks of w's rows, each with all rows of x that fit
// the second cache.
#include "core/ceil_div.h"
#include "cpu/cpu_ops.h"

namespace adapter_lab {
namespace {

constexpr int64_t kRowsOfX = 96;
// About 20 microseconds of one core. With a few rows the time goes into reading w, whatever their number.
constexpr int64_t kChunkProducts = int64_t{1} << 20;
constexpr int64_t kFewRows = 4;

/** Rows of w in a chunk: a multiple of what the kernels take at a time, chunks of nearly equal size. */
int64_t chunk_columns(int64_t rows, int64_t n, int64_t k) {
  const int64_t products = std::max(rows, kFewRows) * n * k;
  const int64_t chunks = std::max<int64_t>(1, products / kChunkProducts);
  return ceil_div(ceil_div(n, chunks), 8) * 8;
}

}  // namespace

void CpuOps::row_product(Tensor y, Tensor x, Tensor w, float alpha, bool accumulate) {
  const int64_t down = ceil_div(x.rows, kRowsOfX);
  if (down == 0) return;
  const int64_t rows = ceil_div(ceil_div(x.rows, down), 3) * 3;
  const int64_t cols = chunk_columns(rows, w.rows, w.cols);
  pool_.parallel_for(ceil_div(w.rows, cols) * down, [&](int64_t chunk) {
    const int64_t row = chunk % down * rows;
    const int64_t col = chunk / down * cols;
    if (row >= x.rows) return;
    kernels_.row_product({y.row(row) + col, y.stride, x.row(row), x.stride, w.slice(col, 1).data, w.stride,
                          format_of(w), w.slice(col, 1).first, std::min(rows, x.rows - row),
                          std::min(cols, w.rows - col), w.cols, alpha, accumulate});
  });
}

}  // namespace adapter_lab
