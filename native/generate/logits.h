// The head over many rows, some rows' logits at a time.
#pragma once
#include <algorithm>

#include "model/transformer.h"

namespace adapter_lab {

/** visit(logits, first) for x's rows [first, first + logits.rows). */
template <typename Visit>
void for_logits(Pass& pass, Transformer& model, Tensor x, const Visit& visit) {
  constexpr int64_t kRowsAtOnce = 64;
  // Rows whose distance is a multiple of a page would share a few places of the caches.
  constexpr int64_t kPadding = 16;
  const int64_t vocabulary = model.shape().vocabulary;
  const ArenaScope scope(pass.scratch);
  const Tensor padded = pass.scratch.take_f32(std::min(kRowsAtOnce, x.rows), (vocabulary + 15) / 16 * 16 + kPadding);
  for (int64_t first = 0; first < x.rows; first += kRowsAtOnce) {
    const Tensor logits = padded.slice(0, std::min(kRowsAtOnce, x.rows - first)).columns(0, vocabulary);
    model.head(pass, logits, x.slice(first, logits.rows));
    visit(logits, first);
  }
}

}  // namespace adapter_lab
