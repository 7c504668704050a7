// See attention_blocks.h.
#include "cpu/attention_blocks.h"

#include "cpu/own_floats.h"

namespace adapter_lab {

float* attention_scratch(int64_t floats) {
  thread_local OwnFloats memory;
  return memory.take(floats);
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

void Panels::fill(const Kernels& kernels, Tensor x, const RowBlock& block, int64_t index) const {
  const Tensor rows = x.slice(block.text_start + block.first, block.rows());
  for (int64_t head = 0; head < heads; ++head) {
    float* turned = panel(index, head);
    if (rows.rows < kAttentionBlock) std::fill_n(turned, head_dim * kAttentionBlock, 0.0f);
    kernels.transpose(turned, kAttentionBlock, rows.f32() + head * head_dim, rows.stride, rows.rows, head_dim);
  }
}

void Panels::multiply(const Kernels& kernels, float* y, int64_t y_stride, Tensor x, PanelColumns columns,
                      float scale) const {
  for (int64_t col = columns.begin; col < columns.end; col += kAttentionBlock)
    kernels.small_product({y + col, y_stride, x.f32(), x.stride, 1,
                           panel(columns.first_panel + col / kAttentionBlock, columns.head), kAttentionBlock, x.rows,
                           std::min(kAttentionBlock, columns.end - col), x.cols, scale, false});
}

}  // namespace adapter_lab
