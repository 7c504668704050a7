// How attention is cut: blocks of a text's rows, and for each the keys that causality and the window let it see.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "ops/ops.h"

namespace adapter_lab {

/** Scratch of the calling thread, kept for its next block. Contents undefined; one use at a time. */
float* attention_scratch(int64_t floats);

/** Rows [first, end) of one text; rows are counted within the text. */
struct RowBlock {
  int64_t text_start;  // the packed row of the text's first token
  int64_t first;
  int64_t end;
  int64_t rows() const { return end - first; }
};

/** All texts cut into blocks of nearly equal size, at most `most` rows, the costliest (last) of each text first. */
std::vector<RowBlock> row_blocks(Sequences texts, int64_t most);

/** The keys that row `row` sees, all of them up to itself or the last `window`. */
inline int64_t first_key(int64_t row, int64_t window) {
  return window > 0 ? std::max<int64_t>(0, row - window + 1) : 0;
}

}  // namespace adapter_lab
