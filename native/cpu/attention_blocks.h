// How attention is cut: blocks of a text's rows, the keys that a row sees, and keys (or values) turned over for the
// product with them.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "ops/ops.h"

namespace adapter_lab {

// Rows of a query block, and keys of a panel: tiles of a product stay in the first cache.
constexpr int64_t kAttentionBlock = 32;

/** Scratch of the calling thread, kept for its next block. Contents undefined; one use at a time. */
float* attention_scratch(int64_t floats);

/** Rows [first, end) of one text, counted within the text. */
struct RowBlock {
  int64_t text_start;   // the packed row of the text's first token
  int64_t panel_start;  // the number of the text's first block among all texts'
  int64_t first;
  int64_t end;
  int64_t rows() const { return end - first; }
};

/** All texts cut into blocks of kAttentionBlock rows and a shorter last one, in order. */
struct TextBlocks {
  explicit TextBlocks(Sequences texts);

  int64_t count() const { return static_cast<int64_t>(blocks.size()); }
  const RowBlock& operator[](int64_t index) const { return blocks[static_cast<size_t>(index)]; }
  /** The blocks of one text. */
  std::span<const RowBlock> of(size_t text) const {
    return std::span(blocks).subspan(starts[text], starts[text + 1] - starts[text]);
  }

  std::vector<RowBlock> blocks;
  std::vector<size_t> starts;  // each text's first block
};

/** The first key that a row sees; the last is itself. */
inline int64_t first_key(int64_t row, int64_t window) {
  return window > 0 ? std::max<int64_t>(0, row - window + 1) : 0;
}

/** For each block of rows and each head one panel (head_dim, kAttentionBlock): its rows turned over, zeros where the
 * block is shorter. */
struct Panels {
  static int64_t floats(int64_t blocks, AttentionShape shape) {
    return blocks * shape.kv_heads * shape.head_dim * kAttentionBlock;
  }

  float* panel(int64_t index, int64_t head) const { return data + (index * heads + head) * head_dim * kAttentionBlock; }
  /** All heads of rows [block.first, block.end) of x, packed rows of all texts. */
  void fill(Tensor x, const RowBlock& block, int64_t index) const;

  float* data;
  int64_t heads;
  int64_t head_dim;
};

}  // namespace adapter_lab
