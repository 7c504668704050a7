// See attention_blocks.h.
#include "cpu/attention_blocks.h"

namespace adapter_lab {

float* attention_scratch(int64_t floats) {
  thread_local std::vector<float> scratch;
  if (static_cast<int64_t>(scratch.size()) < floats) scratch.resize(static_cast<size_t>(floats));
  return scratch.data();
}

TextBlocks::TextBlocks(Sequences texts) : starts{0} {
  for (size_t text = 0; text + 1 < texts.starts.size(); ++text) {
    const int64_t start = texts.starts[text];
    const int64_t length = texts.starts[text + 1] - start;
    for (int64_t first = 0; first < length; first += kAttentionBlock)
      blocks.push_back({start, static_cast<int64_t>(starts.back()), first, std::min(first + kAttentionBlock, length)});
    starts.push_back(blocks.size());
  }
}

void Panels::fill(Tensor x, const RowBlock& block, int64_t index) const {
  for (int64_t head = 0; head < heads; ++head) {
    float* turned = panel(index, head);
    for (int64_t i = 0; i < kAttentionBlock; ++i) {
      const bool inside = i < block.rows();
      const float* row = inside ? x.row(block.text_start + block.first + i) + head * head_dim : nullptr;
      for (int64_t d = 0; d < head_dim; ++d) turned[d * kAttentionBlock + i] = inside ? row[d] : 0.0f;
    }
  }
}

}  // namespace adapter_lab
