// Products with narrow weights on tile units. What threads write into each other's caches is what costs most: few rows
// beside many columns are packed by every thread, which shares nothing; else weights are packed once, for all threads.
#include <algorithm>
#include <atomic>

#include "core/ceil_div.h"
#include "cpu/cpu_ops.h"
#include "cpu/kernels/tiles.h"
#include "cpu/own_floats.h"

namespace adapter_lab {
namespace {

using tiles::kBlock, tiles::kDepth, tiles::kHalves, tiles::kRows;

// What packing costs is too much beside fewer rows, or fewer products.
constexpr int64_t kFewestRows = 16;
constexpr int64_t kFewestProducts = int64_t{1} << 20;

/** Depth that is multiplied at a time: the weights of a block's columns stay in the first cache. */
constexpr int64_t kDepthTiles = 18;
/** Blocks of rows that are multiplied at a time: with that depth their pack stays in the second cache. */
constexpr int64_t kMostBlocks = 8;
/** The same where all rows are multiplied at a time, which pays beside so many times as many columns. */
constexpr int64_t kMostRowBlocks = 12, kColumnsOverRows = 4;
/** A product of so many parts of depth whose result is so small, such as what a head passes back, is cut by depth:
 * threads share nothing then. As many sums whatever the number of threads. */
constexpr int64_t kFewestParts = 32, kMostResults = int64_t{1} << 18, kSums = 8;
/** A thread has at least so many groups of rows where there are enough. */
constexpr int64_t kGroups = 3;

/** `count` cut into nearly equal parts of at most `most`. */
struct Parts {
  Parts(int64_t count, int64_t most) : count(count), size(ceil_div(count, ceil_div(count, most))) {}
  int64_t number() const { return ceil_div(count, size); }
  int64_t count, size;
};

/** c = alpha a w + beta c. Packs and kernels take at most kDepthTiles of depth. */
struct Product {
  const tiles::Kernels& kernels;
  Tensor c, a, w;
  bool transpose_w;
  float alpha, beta;

  bool is_nf4() const { return w.dtype == DType::nf4; }
  tiles::Pieces pieces() const { return is_nf4() ? tiles::kOfNf4 : tiles::kOfBf16; }
  int64_t tiles() const { return ceil_div(a.cols, kDepth); }
  int64_t left_halves() const { return tiles() * 2 * pieces().left * kHalves; }
  int64_t right_tile_halves() const { return 2 * pieces().right * kHalves; }
  int64_t right_halves() const { return tiles() * right_tile_halves(); }

  /** y = scale a w + kept y, over `count` tiles of depth from one on. */
  Product depth(int64_t tile, int64_t count, Tensor y, float scale, float kept) const {
    const int64_t first = tile * kDepth, size = std::min(count * kDepth, a.cols - first);
    return {kernels,     y,     a.columns(first, size), transpose_w ? w.columns(first, size) : w.slice(first, size),
            transpose_w, scale, kept};
  }
  /** The part that computes `count` blocks of rows, or of columns, from one on. */
  Product rows(int64_t block, int64_t count) const {
    const int64_t first = block * kBlock, size = std::min(count * kBlock, c.rows - first);
    return {kernels, c.slice(first, size), a.slice(first, size), w, transpose_w, alpha, beta};
  }
  Product columns(int64_t block, int64_t count) const {
    const int64_t first = block * kBlock, size = std::min(count * kBlock, c.cols - first);
    return {kernels, c.columns(first, size), a, transpose_w ? w.slice(first, size) : w.columns(first, size),
            transpose_w, alpha, beta};
  }

  /** Of a last block that has no second tile of rows, that tile's pack stays as it is: its products are not stored. */
  void pack_left(uint16_t* pack) const {
    for (int64_t row = 0; row < c.rows; row += kRows, pack += left_halves() / 2)
      kernels.pack_left(pack, a.row(row), a.stride, std::min(kRows, c.rows - row), a.cols, pieces().left);
  }

  /** Of a block of columns; or of one of its tiles of depth. */
  void pack_right(uint16_t* pack, int64_t block) const { pack_right(pack, block, 0, tiles()); }
  void pack_right(uint16_t* pack, int64_t block, int64_t tile, int64_t count) const {
    const int64_t col = block * kBlock, first = tile * kDepth;
    const Tensor part = transpose_w ? w.slice(col, w.rows - col).columns(first, w.cols - first)
                                    : w.slice(first, w.rows - first).columns(col, w.cols - col);
    const int64_t depth = std::min(count * kDepth, a.cols - first), cols = std::min(kBlock, c.cols - col);
    pack += tile * right_tile_halves();
    if (is_nf4())
      kernels.pack_nf4(pack, {part.nf4(0, 0), w.stride, transpose_w}, depth, cols);
    else
      kernels.pack_right(pack, {static_cast<const uint16_t*>(part.data), w.stride, transpose_w}, depth, cols);
  }

  void multiply(const uint16_t* left, const uint16_t* right) const {
    const auto multiply_block = is_nf4() ? kernels.multiply_nf4 : kernels.multiply;
    kernels.begin();
    for (int64_t col = 0; col < c.cols; col += kBlock, right += right_halves()) {
      const uint16_t* block = left;
      for (int64_t row = 0; row < c.rows; row += kBlock, block += left_halves())
        multiply_block({c.row(row) + col, c.stride, std::min(kBlock, c.rows - row), std::min(kBlock, c.cols - col),
                        block, right, tiles(), alpha, beta});
    }
    kernels.end();
  }
};

/** Columns of blocks that `next` gives, by one thread, which packs all rows, and weights of these columns. */
void multiply_columns(const Product& product, std::atomic<int64_t>& next) {
  const int64_t blocks = ceil_div(product.c.cols, kBlock), rows = ceil_div(product.c.rows, kBlock);
  int64_t block = next++;
  if (block >= blocks) return;
  uint16_t* const right = own_halves(product.right_halves() + rows * product.left_halves());
  uint16_t* const left = right + product.right_halves();
  product.pack_left(left);
  for (; block < blocks; block = next++) {
    product.pack_right(right, block);
    product.columns(block, 1).multiply(left, right);
  }
}

/** Threads share nothing but the next column. */
void multiply_columns(const Product& product, ThreadPool& pool) {
  std::atomic<int64_t> next{0};
  pool.parallel_for(pool.threads(), [&](int64_t) { multiply_columns(product, next); });
}

/** Each range of depth is one thread's, which sets its own of the sums (kSums rows of c, columns of c). */
void multiply_depth(const Product& product, const Parts& depth, Tensor sums, ThreadPool& pool) {
  const int64_t rows = product.c.rows;
  pool.parallel_for(kSums, [&](int64_t sum) {
    const int64_t first = depth.number() * sum / kSums, end = depth.number() * (sum + 1) / kSums;
    const Tensor own = sums.slice(sum * rows, rows);
    for (int64_t part = first; part < end; ++part) {
      std::atomic<int64_t> next{0};
      multiply_columns(product.depth(part * depth.size, depth.size, own, 1.0f, part == first ? 0.0f : 1.0f), next);
    }
  });
}

/** Weights are packed for all threads, which share groups of rows. */
void multiply_rows(const Product& product, ThreadPool& pool, uint16_t* right) {
  const int64_t blocks = ceil_div(product.c.cols, kBlock), rows = ceil_div(product.c.rows, kBlock);
  // What a thread packs lies together in memory.
  if (product.transpose_w)
    pool.parallel_for(blocks,
                      [&](int64_t block) { product.pack_right(right + block * product.right_halves(), block); });
  else
    pool.parallel_for(product.tiles(), [&](int64_t tile) {
      for (int64_t block = 0; block < blocks; ++block)
        product.pack_right(right + block * product.right_halves(), block, tile, 1);
    });
  const Parts down(rows, std::clamp(rows / (kGroups * pool.threads()), int64_t{1}, kMostBlocks));
  // What is left over when each thread has had as many groups is cut across, so that all end at once.
  const int64_t whole = down.number() - down.number() % pool.threads();
  const Parts across(blocks, ceil_div(blocks, 2 * pool.threads()));
  pool.parallel_for(whole + (down.number() - whole) * across.number(), [&](int64_t chunk) {
    const int64_t group = chunk < whole ? chunk : whole + (chunk - whole) / across.number();
    const Product part = product.rows(group * down.size, down.size);
    uint16_t* const left = own_halves(down.size * product.left_halves());
    part.pack_left(left);
    if (chunk < whole) return part.multiply(left, right);
    const int64_t block = (chunk - whole) % across.number() * across.size;
    part.columns(block, across.size).multiply(left, right + block * product.right_halves());
  });
}

}  // namespace

bool CpuOps::suits_tiles(Tensor w) {
  if (w.dtype != DType::nf4) return w.dtype == DType::bf16;
  // 32 columns from a multiple of 32 on lie in one block, and begin with a byte of their own.
  return w.stride % kDepth == 0 && w.first % kDepth == 0 && w.cols % kDepth == 0 &&
         (1 << w.nf4(0, 0).matrix->block_shift) >= kDepth;
}

bool CpuOps::is_for_tiles(int64_t m, int64_t n, int64_t k, Tensor w) const {
  return tiles_ && m >= kFewestRows && m * n * k >= kFewestProducts && suits_tiles(w);
}

void CpuOps::tile_product(Tensor c, Tensor a, Tensor w, bool transpose_w, float alpha, float beta) {
  const Product whole{*tiles_, c, a, w, transpose_w, alpha, beta};
  const Parts depth(whole.tiles(), kDepthTiles);
  const bool has_few_rows = c.rows <= kMostRowBlocks * kBlock;
  if (has_few_rows && depth.number() >= kFewestParts && c.count() <= kMostResults) {
    const Scratch::Lease memory = scratch_.take(*this, kSums * c.count(), "sums of depth");
    const Tensor sums(memory.data(), kSums * c.rows, c.cols);
    multiply_depth(whole, depth, sums, pool_);
    if (beta == 0.0f) zero(c);
    return for_rows(c.rows, kSums * c.cols, [&](int64_t row) {
      if (beta != 0.0f && beta != 1.0f) kernels_.scale(c.row(row), beta, c.cols);
      for (int64_t sum = 0; sum < kSums; ++sum) kernels_.axpy(c.row(row), sums.row(sum * c.rows + row), alpha, c.cols);
    });
  }
  for (int64_t part = 0; part < depth.number(); ++part) {
    const Product product = whole.depth(part * depth.size, depth.size, c, alpha, part == 0 ? beta : 1.0f);
    if (has_few_rows && kColumnsOverRows * c.rows <= c.cols) {
      multiply_columns(product, pool_);
      continue;
    }
    const int64_t halves = ceil_div(c.cols, kBlock) * product.right_halves();
    const Scratch::Lease packed = scratch_.take(*this, halves / 2, "packed weights");
    multiply_rows(product, pool_, reinterpret_cast<uint16_t*>(packed.data()));
  }
}

}  // namespace adapter_lab
