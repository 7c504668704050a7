// Matrix products of f32. The result is cut into tiles, each computed by one thread, a tile's depth into parts whose
// operands lie in the caches. What many products share is packed for them first: a transposed operand is turned over,
// one that is not f32 is widened. Parts of depth depend on the shape alone, so results do not depend on the threads.
#include <algorithm>

#include "core/ceil_div.h"
#include "cpu/cpu_ops.h"
#include "cpu/own_floats.h"

namespace adapter_lab {
namespace {

// A product smaller than this (about 20 microseconds of one core) is one tile.
constexpr int64_t kSmallProduct = int64_t{1} << 20;

// Tiles of this many columns and up to this many rows run at the speed of the whole product; smaller ones pack more
// than they compute, larger ones leave the caches. Each thread has at least kTilesOfThread where the shape allows.
constexpr int64_t kTileColumns = 192;
constexpr int64_t kFewestColumns = 96;
constexpr int64_t kTileRows = 320;
constexpr int64_t kFewestRows = 40;
constexpr int64_t kTilesOfThread = 3;

// A packed panel of the right operand lies in the first cache; of one that is not packed all columns of a tile lie in
// the second.
constexpr int64_t kMostDepth = 320;
constexpr int64_t kMostDirectDepth = 64;
// Up to kShortDepth: longer rows of results.
constexpr int64_t kShortTileColumns = 288;

// With so many products of each element packing is worth its while.
constexpr int64_t kPackedRows = 48;
constexpr int64_t kPackedColumns = 64;

/** The size of each of `parts` nearly equal parts, a multiple of `step`. */
int64_t part_size(int64_t total, int64_t parts, int64_t step) { return ceil_div(ceil_div(total, parts), step) * step; }

/** A narrow operand, an adapter's matrix, is turned over once, not for every tile. */
bool worth_turning(int64_t m, int64_t n, int64_t k) { return n <= 64 && m >= 128 && m * n * k > kSmallProduct; }

Far far_part(Tensor x) { return {x.f32(), x.rows, x.cols, x.stride}; }

}  // namespace

/** How a product (m,n,k) is cut. */
class CpuOps::ProductCut {
 public:
  ProductCut(int64_t m, int64_t n, int64_t k, Tensor b, bool transpose_b, const CpuOps& ops)
      : rows_(m), cols_(n), across_(1) {
    const bool is_narrow = n <= ops.kernels_.panel;
    // The same parts for weights of all types: their products are the same bits.
    const int64_t most = transpose_b || m > kPackedRows || is_narrow ? kMostDepth : kMostDirectDepth;
    depth = part_size(k, std::max<int64_t>(1, ceil_div(k, most)), 16);
    packs_right = transpose_b || b.dtype != DType::f32 || (m > kPackedRows && !is_narrow && k > kShortDepth);
    // With a few rows the time goes into reading b, whatever their number.
    if (std::max<int64_t>(m, 4) * n * k <= kSmallProduct) return;
    const int64_t tiles = kTilesOfThread * ops.pool_.threads();
    if (m < 2 * kFewestRows) {
      cols_ = std::clamp(part_size(n, tiles, ops.kernels_.panel), kFewestColumns, kTileColumns);
    } else {
      const int64_t across = ceil_div(n, k <= kShortDepth ? kShortTileColumns : kTileColumns);
      const int64_t down = std::max(ceil_div(m, kTileRows), std::min(ceil_div(tiles, across), m / kFewestRows));
      rows_ = part_size(m, down, 8);
      cols_ = part_size(n, across, ops.kernels_.panel);
    }
    across_ = ceil_div(n, cols_);
  }

  int64_t tiles(Tensor c) const { return ceil_div(c.rows, rows_) * across_; }
  int64_t row(int64_t tile) const { return tile / across_ * rows_; }
  int64_t col(int64_t tile) const { return tile % across_ * cols_; }
  Tensor part(Tensor c, int64_t tile) const {
    return c.slice(row(tile), std::min(rows_, c.rows - row(tile)))
        .columns(col(tile), std::min(cols_, c.cols - col(tile)));
  }

  bool packs_right;
  int64_t depth;

 private:
  int64_t rows_, cols_, across_;
};

void CpuOps::pack_right(float* panels, Tensor b, bool transpose_b) const {
  const int64_t panel = kernels_.panel;
  const int64_t k = transpose_b ? b.cols : b.rows;
  for (int64_t row = 0; row < b.rows; row += panel) {
    const Tensor rows = b.slice(row, std::min(panel, b.rows - row));
    float* const turned = panels + row * k;
    float* const along = panels + row * panel;
    if (b.dtype == DType::bf16) {
      const auto* from = static_cast<const uint16_t*>(rows.data);
      if (transpose_b)
        kernels_.transpose_bf16(turned, panel, from, rows.stride, rows.rows, k);
      else
        kernels_.pack_panels_bf16(along, k * panel, from, rows.stride, rows.rows, rows.cols);
    } else {
      const Tensor wide = wide_rows(rows);
      if (transpose_b)
        kernels_.transpose(turned, panel, wide.f32(), wide.stride, rows.rows, k);
      else
        kernels_.pack_panels(along, k * panel, wide.f32(), wide.stride, rows.rows, rows.cols);
    }
  }
}

void CpuOps::multiply_tile(const ProductCut& cut, Tensor c, Strided a, Tensor b, bool transpose_b, float alpha,
                           float beta) const {
  const int64_t k = transpose_b ? b.cols : b.rows;
  const auto part_of_b = [&](int64_t first) {
    const int64_t count = std::min(cut.depth, k - first);
    return transpose_b ? b.columns(first, count) : b.slice(first, count);
  };
  if (beta != 0.0f && beta != 1.0f)
    for (int64_t row = 0; row < c.rows; ++row) kernels_.scale(c.row(row), beta, c.cols);
  const bool packs_left = a.row == 1 && std::min(a.col, c.cols) > kPackedColumns;
  thread_local OwnFloats left, right;
  for (int64_t at = 0; at < k; at += cut.depth) {
    const int64_t count = std::min(cut.depth, k - at);
    SmallProduct product{c.f32(), c.stride, a.data + at * a.col, a.row, a.col, nullptr, 0,
                         c.rows,  c.cols,   count,               alpha, at > 0 || beta != 0.0f};
    if (packs_left) {
      float* const turned = left.take(c.rows * count);
      kernels_.transpose(turned, count, product.a, a.col, count, c.rows);
      product.a = turned;
      product.a_row = count;
      product.a_col = 1;
    } else if (a.col == 1) {
      product.far[0] = {product.a, c.rows, count, a.row};
    }
    if (cut.packs_right) {
      const int64_t panel = kernels_.panel;
      float* const panels = right.take(ceil_div(c.cols, panel) * panel * count);
      pack_right(panels, part_of_b(at), transpose_b);
      product.b = panels;
      product.b_stride = panel;
      product.b_panel = panel * count;
    } else {
      product.b = b.row(at);
      product.b_stride = b.stride;
    }
    if (b.dtype == DType::f32 && at + count < k) product.far[1] = far_part(part_of_b(at + count));
    kernels_.small_product(product);
  }
}

void CpuOps::turn_over(Tensor y, Tensor x) {
  const int64_t rows = std::max<int64_t>(16, kChunkFloats / std::max<int64_t>(y.cols, 1));
  for_ranges(y.rows, rows, [&](int64_t first, int64_t count) {
    kernels_.transpose(y.row(first), y.stride, x.f32() + first, x.stride, x.rows, count);
  });
}

void CpuOps::gemm(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b, float alpha, float beta) {
  const int64_t k = transpose_a ? a.rows : a.cols;
  if (k == 0 && beta == 0.0f) return zero(c);
  if (!transpose_a && is_for_tiles(c.rows, c.cols, k, b)) return tile_product(c, a, b, transpose_b, alpha, beta);
  if (b.dtype == DType::f32 && transpose_a != transpose_b && worth_turning(c.rows, c.cols, k)) {
    const Scratch::Lease memory = scratch_.take(*this, transpose_b ? b.count() : c.count(), "narrow matrix");
    if (transpose_b) {
      const Tensor turned(memory.data(), k, c.cols);
      turn_over(turned, b);
      return gemm(c, a, false, turned, false, alpha, beta);
    }
    // The result's transpose, b^T a, is formed from a's rows as they lie.
    const Tensor turned(memory.data(), c.cols, c.rows);
    if (beta != 0.0f) turn_over(turned, c);
    gemm(turned, b, true, a, false, alpha, beta);
    return turn_over(c, turned);
  }
  const ProductCut cut(c.rows, c.cols, k, b, transpose_b, *this);
  pool_.parallel_for(cut.tiles(c), [&](int64_t tile) {
    const int64_t row = cut.row(tile), col = cut.col(tile);
    const Tensor part = cut.part(c, tile);
    multiply_tile(cut, part, transpose_a ? Strided{a.f32() + row, 1, a.stride} : Strided{a.row(row), a.stride, 1},
                  transpose_b ? b.slice(col, part.cols) : b.columns(col, part.cols), transpose_b, alpha, beta);
  });
}

/** A tile's product, added to u where that is, stays in the second cache until it is scaled. */
void CpuOps::scaled_product(Tensor y, Tensor u, Tensor x, Tensor w, Tensor gain, float alpha, bool accumulate) {
  const auto scale = accumulate ? kernels_.multiply_add : kernels_.multiply;
  const ProductCut cut(y.rows, y.cols, x.cols, w, true, *this);
  pool_.parallel_for(cut.tiles(y), [&](int64_t tile) {
    const int64_t first = cut.row(tile), col = cut.col(tile);
    const Tensor part = cut.part(y, tile);
    thread_local OwnFloats memory;
    const Tensor sum = u.empty() ? Tensor(memory.take(part.count()), part.rows, part.cols) : cut.part(u, tile);
    multiply_tile(cut, sum, {x.row(first), x.stride, 1}, w.slice(col, part.cols), true, alpha, u.empty() ? 0.0f : 1.0f);
    for (int64_t row = 0; row < part.rows; ++row) scale(part.row(row), sum.row(row), gain.f32() + col, part.cols);
  });
}

}  // namespace adapter_lab
