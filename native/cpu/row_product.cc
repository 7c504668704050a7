// Products whose rows do not depend on each other. Threads share blocks of w's rows, each with all rows of x that fit
// the second cache. Which kernel computes a result depends on w alone.
#include "core/ceil_div.h"
#include "cpu/cpu_ops.h"
#include "cpu/kernels/tiles.h"
#include "cpu/own_floats.h"

namespace adapter_lab {
namespace {

constexpr int64_t kRowsOfX = 96;
// About 20 microseconds of one core. With a few rows the time goes into reading w, whatever their number.
constexpr int64_t kChunkProducts = int64_t{1} << 20;
constexpr int64_t kFewRows = 4;

/** The most that a product may be cut into. */
int64_t chunks_of(int64_t rows, int64_t n, int64_t k) {
  return std::max<int64_t>(1, std::max(rows, kFewRows) * n * k / kChunkProducts);
}

/** Rows of w in a chunk: a multiple of what the kernels take at a time, chunks of nearly equal size. */
int64_t chunk_columns(int64_t rows, int64_t n, int64_t k) {
  return ceil_div(ceil_div(n, chunks_of(rows, n, k)), 8) * 8;
}

// On tile units: rows of x whose packs stay in the second cache.
constexpr int64_t kTileRowsOfX = 128;
// Each thread has at least so many chunks of at most so many groups of w's rows, where there are enough; of NF4, which
// is widened a chunk at a time, of one.
constexpr int64_t kTileChunks = 6;
constexpr int64_t kMostGroups = 4;
// A smaller matrix is not worth it.
constexpr int64_t kFewestWeights = int64_t{1} << 14;

}  // namespace

bool CpuOps::are_rows_for_tiles(Tensor w) const {
  return tiles_ && suits_tiles(w) && w.cols % tiles::kDepth == 0 && w.rows >= tiles::kRows &&
         w.count() >= kFewestWeights;
}

void CpuOps::tile_row_product(Tensor y, Tensor x, Tensor w, float alpha, bool accumulate) {
  using tiles::kRows, tiles::kWeightRows;
  const bool is_nf4 = w.dtype == DType::nf4;
  const int64_t pieces = (is_nf4 ? tiles::kOfNf4 : tiles::kOfBf16).left;
  const int64_t depth = w.cols / tiles::kDepth, pack = depth * pieces * tiles::kHalves;
  const int64_t packs = ceil_div(x.rows, kRows);
  const Scratch::Lease lease = scratch_.take(*this, packs * pack / 2, "packed activations");
  auto* const packed = reinterpret_cast<uint16_t*>(lease.data());
  pool_.parallel_for(packs, [&](int64_t i) {
    tiles_->pack_rows(packed + i * pack, x.row(i * kRows), x.stride, std::min(kRows, x.rows - i * kRows), x.cols,
                      pieces);
  });
  // Of a few large chunks the last one would be waited for, of many small ones each.
  const int64_t chunks = chunks_of(x.rows, w.rows, w.cols);
  const int64_t shared = chunks == 1 ? 1 : ceil_div(chunks, pool_.threads()) * pool_.threads();
  const int64_t least = ceil_div(ceil_div(w.rows, shared), tiles::kBlock) * tiles::kBlock;
  const int64_t groups = w.rows / (kWeightRows * kTileChunks * pool_.threads());
  const int64_t rows = std::max(least, std::min(groups, is_nf4 ? 1 : kMostGroups) * kWeightRows);
  pool_.parallel_for(ceil_div(w.rows, rows), [&](int64_t chunk) {
    const int64_t col = chunk * rows, count = std::min(rows, w.rows - col);
    const Tensor part = w.slice(col, count);
    tiles::RowsProduct product{.y = y.f32() + col,
                               .y_stride = y.stride,
                               .rows = x.rows,
                               .x = packed,
                               .w = static_cast<const uint16_t*>(part.data),
                               .low = nullptr,
                               .nf4 = {nullptr, 0},
                               .w_stride = w.stride,
                               .w_rows = count,
                               .tiles = depth,
                               .alpha = alpha,
                               .accumulate = accumulate};
    const Nf4View view{static_cast<const Nf4*>(w.data), part.first};
    if (is_nf4 && packs == 1) {
      product.nf4 = view;
    } else if (is_nf4) {
      uint16_t* const high = own_halves(2 * part.count());
      tiles_->widen_nf4(high, high + part.count(), view, w.stride, count, w.cols);
      product.w = high;
      product.low = high + part.count();
      product.w_stride = w.cols;
    }
    tiles_->begin();
    tiles_->multiply_rows(product);
    tiles_->end();
  });
}

void CpuOps::row_product(Tensor y, Tensor x, Tensor w, float alpha, bool accumulate) {
  const int64_t down = ceil_div(x.rows, kRowsOfX);
  if (down == 0 || w.rows == 0) return;
  if (are_rows_for_tiles(w)) {
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
