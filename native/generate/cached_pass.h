// One forward pass over new tokens of many texts: parts of prompts and single tokens of beams, side by side. The keys
// and values of all of them go to their texts' caches.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "generate/key_value_blocks.h"
#include "model/transformer.h"

namespace adapter_lab {

class CachedPass {
 public:
  explicit CachedPass(int64_t layer_floats) : layer_floats_(layer_floats) {}

  /** Rows added from here on belong to this text; it must stay until the pass has run. */
  void begin_text(TextCache& cache) { texts_.push_back({&cache, rows(), 0}); }
  /** The row's key goes to `place`; row.scattered must stay until the pass has run. */
  void add(int32_t token, const CachedRow& row, int64_t place);
  /** The last row's final hidden state is asked for. */
  void want() { wanted_.push_back(static_cast<int32_t>(rows() - 1)); }

  int64_t rows() const { return static_cast<int64_t>(tokens_.size()); }
  int64_t wanted() const { return static_cast<int64_t>(wanted_.size()); }

  /** The wanted rows' hidden states, in pass.saved; every layer's keys and values are stored. */
  Tensor run(Pass& pass, Transformer& model) const;

 private:
  struct Text {
    TextCache* cache;
    int64_t first;
    int64_t count;
  };

  /** x changes; the last layer sets `ends` instead, of the wanted rows. */
  void run_layer(Pass& pass, Transformer& model, size_t index, Tensor x, Tensor ends,
                 std::span<const CachedText> texts) const;

  int64_t layer_floats_;
  std::vector<int32_t> tokens_;
  std::vector<int32_t> positions_;
  std::vector<CachedRow> cached_;
  std::vector<CachePlace> places_;
  std::vector<Text> texts_;
  std::vector<int32_t> wanted_;
};

}  // namespace adapter_lab
