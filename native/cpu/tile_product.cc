// Products with bf16 weights on tile units. Weights are packed once a product, for all threads; rows are packed by
// the thread that multiplies them.
#include <vector>

#include "core/ceil_div.h"
#include "cpu/cpu_ops.h"
#include "cpu/kernels/tiles.h"

namespace adapter_lab {
namespace {

using tiles::kBlock, tiles::kDepth, tiles::kHalves, tiles::kPieces, tiles::kRows;

// What packing costs is too much beside fewer rows, or fewer products.
constexpr int64_t kFewestRows = 16;
constexpr int64_t kFewestProducts = int64_t{1} << 20;

/** Depth that is multiplied at a time: the weights of a block's columns stay in the first cache. */
constexpr int64_t kDepthTiles = 18;
/** Blocks of rows in a chunk: with that depth their pack stays in the second cache. */
constexpr int64_t kMostBlocks = 8;
/** Threads share at least so many chunks where the shape allows. */
constexpr int64_t kChunks = 6;
/** Weights that are packed at a time: they stay in the second cache too. */
constexpr int64_t kPackedBytes = int64_t{1} << 20;

/** `count` cut into nearly equal parts of at most `most`. */
struct Parts {
  Parts(int64_t count, int64_t most) : count(count), size(ceil_div(count, ceil_div(count, most))) {}
  int64_t number() const { return ceil_div(count, size); }
  int64_t size_of(int64_t index) const { return std::min(size, count - index * size); }
  int64_t count, size;
};

/** A line of the cache. */
struct alignas(64) Line {
  uint16_t halves[kDepth];
};

/** c = alpha a w + beta c of rows and columns that one thread computes; w is packed. */
void multiply_packed(const tiles::Kernels& kernels, Tensor c, Tensor a, const uint16_t* w, float alpha, float beta) {
  const int64_t depth = ceil_div(a.cols, kDepth);
  const int64_t tile_rows = 2 * ceil_div(c.rows, kBlock);
  thread_local std::vector<Line> memory;
  memory.resize(static_cast<size_t>(tile_rows * depth * kPieces * kRows));
  uint16_t* const packed = memory.front().halves;
  for (int64_t tile = 0; tile < tile_rows; ++tile)
    kernels.pack_left(packed + tile * depth * kPieces * kHalves, a.row(tile * kRows), a.stride,
                      std::min(kRows, c.rows - tile * kRows), a.cols);
  kernels.begin();
  for (int64_t col = 0; col < c.cols; col += kBlock)
    for (int64_t row = 0; row < c.rows; row += kBlock)
      kernels.multiply({c.row(row) + col, c.stride, std::min(kBlock, c.rows - row), std::min(kBlock, c.cols - col),
                        packed + row / kRows * depth * kPieces * kHalves, w + col / kRows * depth * kHalves, depth,
                        alpha, beta});
  kernels.end();
}

}  // namespace

bool CpuOps::is_for_tiles(int64_t m, int64_t n, int64_t k, Tensor w) const {
  return tiles_ && w.dtype == DType::bf16 && m >= kFewestRows && m * n * k >= kFewestProducts;
}

void CpuOps::tile_product(Tensor c, Tensor a, Tensor w, bool transpose_w, float alpha, float beta) {
  const Parts depth(ceil_div(a.cols, kDepth), kDepthTiles);
  for (int64_t part = 0; part < depth.number(); ++part) {
    const int64_t first = part * depth.size * kDepth;
    const int64_t count = std::min(depth.size * kDepth, a.cols - first);
    add_tile_product(c, a.columns(first, count), transpose_w ? w.columns(first, count) : w.slice(first, count),
                     transpose_w, alpha, part == 0 ? beta : 1.0f);
  }
}

void CpuOps::add_tile_product(Tensor c, Tensor a, Tensor w, bool transpose_w, float alpha, float beta) {
  const int64_t k = a.cols;
  const int64_t block_halves = ceil_div(k, kDepth) * 2 * kHalves;
  const Parts slabs(ceil_div(c.cols, kBlock), kPackedBytes / (2 * block_halves));
  const Parts down(ceil_div(c.rows, kBlock), std::clamp(c.rows / (kBlock * kChunks), int64_t{1}, kMostBlocks));
  const Scratch::Lease memory = scratch_.take(*this, slabs.size * block_halves / 2, "packed weights");
  auto* packed = reinterpret_cast<uint16_t*>(memory.data());
  for (int64_t slab = 0; slab < slabs.number(); ++slab) {
    const int64_t first_col = slab * slabs.size * kBlock;
    const Tensor slab_c = c.columns(first_col, std::min(slabs.size * kBlock, c.cols - first_col));
    const int64_t blocks = slabs.size_of(slab);
    pool_.parallel_for(blocks, [&](int64_t block) {
      const int64_t col = first_col + block * kBlock;
      const Tensor part = transpose_w ? w.slice(col, w.rows - col) : w.columns(col, w.cols - col);
      tiles_->pack_right(packed + block * block_halves,
                         {static_cast<const uint16_t*>(part.data), w.stride, transpose_w}, k,
                         std::min(kBlock, c.cols - col));
    });
    const Parts across(blocks, ceil_div(blocks, ceil_div(kChunks, down.number())));
    pool_.parallel_for(down.number() * across.number(), [&](int64_t chunk) {
      const int64_t row = chunk / across.number() * down.size * kBlock;
      const int64_t rows = std::min(down.size * kBlock, c.rows - row);
      const int64_t block = chunk % across.number() * across.size;
      const int64_t cols = std::min(across.size * kBlock, slab_c.cols - block * kBlock);
      multiply_packed(*tiles_, slab_c.columns(block * kBlock, cols).slice(row, rows), a.slice(row, rows),
                      packed + block * block_halves, alpha, beta);
    });
  }
}

}  // namespace adapter_lab
