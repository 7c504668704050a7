// Products whose rows do not depend on each other. Threads share blocks of w's rows, each with all rows of x that fit
// the second cache. Which kernel computes a result depends on w alone.
#include "core/ceil_div.h"
#include "cpu/cpu_ops.h"
#include "cpu/kernels/tiles.h"

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

// On tile units: rows of x whose packs stay in the second cache, chunks of a thread, and the smallest matrix worth it.
constexpr int64_t kTileRowsOfX = 128;
constexpr int64_t kTileChunks = 8;
constexpr int64_t kFewestWeights = int64_t{1} << 14;

bool are_rows_for_tiles(Tensor w) {
  return w.dtype == DType::bf16 && w.cols % tiles::kDepth == 0 && w.rows >= tiles::kRows && w.count() >= kFewestWeights;
}

}  // namespace

void CpuOps::tile_row_product(Tensor y, Tensor x, Tensor w, float alpha, bool accumulate) {
  using tiles::kRows, tiles::kWeightRows;
  const int64_t depth = w.cols / tiles::kDepth, pack = depth * tiles::kOfBf16.left * tiles::kHalves;
  const int64_t packs = ceil_div(x.rows, kRows);
  const Scratch::Lease memory = scratch_.take(*this, packs * pack / 2, "packed activations");
  auto* const packed = reinterpret_cast<uint16_t*>(memory.data());
  pool_.parallel_for(packs, [&](int64_t i) {
    tiles_->pack_rows(packed + i * pack, x.row(i * kRows), x.stride, std::min(kRows, x.rows - i * kRows), x.cols);
  });
  // Of a few large chunks the last one would be waited for.
  const int64_t rows = w.rows < kWeightRows * kTileChunks * pool_.threads() ? tiles::kBlock : kWeightRows;
  pool_.parallel_for(ceil_div(w.rows, rows), [&](int64_t chunk) {
    const int64_t col = chunk * rows;
    tiles_->begin();
    tiles_->multiply_rows({y.f32() + col, y.stride, x.rows, packed, static_cast<const uint16_t*>(w.slice(col, 1).data),
                           w.stride, std::min(rows, w.rows - col), depth, alpha, accumulate});
    tiles_->end();
  });
}

void CpuOps::row_product(Tensor y, Tensor x, Tensor w, float alpha, bool accumulate) {
  const int64_t down = ceil_div(x.rows, kRowsOfX);
  if (down == 0 || w.rows == 0) return;
  if (tiles_ && are_rows_for_tiles(w)) {
    const int64_t whole = w.rows - w.rows % tiles::kRows;
    for (int64_t row = 0; row < x.rows; row += kTileRowsOfX) {
      const int64_t count = std::min(kTileRowsOfX, x.rows - row);
      tile_row_product(y.slice(row, count).columns(0, whole), x.slice(row, count), w.slice(0, whole), alpha,
                       accumulate);
    }
    return row_product(y.columns(whole, w.rows - whole), x, w.slice(whole, w.rows - whole), alpha, accumulate);
  }
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
