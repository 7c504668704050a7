// How attention is cut: blocks of a text's rows, the keys that a row sees, and keys (or values) turned over for the
// product with them.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "cpu/kernels/kernels.h"
#include "ops/ops.h"

namespace adapter_lab {

// Rows of a query block, and keys of a panel: tiles of a product stay in the first cache.
constexpr int64_t kAttentionBlock = 32;
// So many queries are multiplied with the keys up to the last that one of them sees: of the scores of a text of a
// hundred tokens a tenth is computed for nothing, by whole blocks a quarter.
constexpr int64_t kAttentionStep = kScoreRows;

inline int64_t whole_steps(int64_t keys) { return (keys + kAttentionStep - 1) / kAttentionStep * kAttentionStep; }

/** Scratch of the calling thread, kept for its next block. Contents undefined; one use at a time. */
float* attention_scratch(int64_t floats);

/** Asks for x's rows ahead of their use: a head's columns are short pieces that lie rows apart, which processors do not
 *  foresee. */
inline void prefetch(Tensor x) {
  constexpr int64_t kLineFloats = 16;
  for (int64_t row = 0; row < x.rows; ++row)
    for (int64_t col = 0; col < x.cols; col += kLineFloats) __builtin_prefetch(x.row(row) + col);
}

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

/** Columns [begin, end) of one head from a panel's start on; begin at the start of one, end at a whole step. */
struct PanelColumns {
  int64_t first_panel;
  int64_t head;
  int64_t begin;
  int64_t end;
};

/** For each block of rows and each head one panel (head_dim, kAttentionBlock): its rows turned over, zeros where the
 * block is shorter. */
struct Panels {
  static int64_t floats(int64_t blocks, AttentionShape shape) {
    return blocks * shape.kv_heads * shape.head_dim * kAttentionBlock;
  }

  float* panel(int64_t index, int64_t head) const { return data + (index * heads + head) * head_dim * kAttentionBlock; }
  /** All heads of rows [block.first, block.end) of x, packed rows of all texts. */
  void fill(const Kernels& kernels, Tensor x, const RowBlock& block, int64_t index) const;
  /** Columns [begin, end) of y, its rows y_stride apart, are set to scale x panels; x (rows, head_dim). */
  void multiply(const Kernels& kernels, float* y, int64_t y_stride, Tensor x, PanelColumns columns, float scale) const;

  float* data;
  int64_t heads;
  int64_t head_dim;
};

}  // namespace adapter_lab
