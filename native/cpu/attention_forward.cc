// Causal attention by blocks of queries with a running softmax over tiles of keys (Milakov and Gimelshein, arXiv
// 1805.02867; Dao et al., arXiv 2205.14135): memory for one tile of scores a thread.
#include <cmath>
#include <limits>

#include "cpu/attention_blocks.h"
#include "cpu/cpu_ops.h"

namespace adapter_lab {
namespace {

constexpr int64_t kTileKeys = 8 * kAttentionBlock;

/** Rows [first, first + rows) of one text under one head. */
struct HeadRows {
  Tensor y, lse, q;
  Tensor v;  // of the text
  int64_t first;
  int64_t first_panel;  // of the text's keys
  int64_t shared_head;
};

/** A step of rows: the running maximum and sum of each, and its output so far. */
class RowsForward {
 public:
  RowsForward(const Kernels& kernels, const Panels& keys, const HeadRows& rows, AttentionShape shape)
      : kernels_(kernels), keys_(keys), rows_(rows), shape_(shape) {
    std::fill_n(most_, kAttentionStep, -std::numeric_limits<float>::infinity());
  }

  void attend() {
    const int64_t end = rows_.first + rows_.q.rows;
    const int64_t begin = first_key(rows_.first, shape_.window) / kAttentionBlock * kAttentionBlock;
    for (int64_t first = begin; first < end; first += kTileKeys) add_keys(first, std::min(kTileKeys, end - first));
    finish();
  }

 private:
  /** Adds keys [first, first + count) of the text, first at the start of a panel. */
  void add_keys(int64_t first, int64_t count) {
    float* scores = attention_scratch(kAttentionStep * kTileKeys);
    const int64_t cols = whole_steps(count);
    keys_.multiply(kernels_, scores, kTileKeys, rows_.q,
                   {rows_.first_panel + first / kAttentionBlock, rows_.shared_head, 0, cols}, shape_.scale);
    float before[kAttentionStep];
    float sums[kAttentionStep];
    std::copy_n(most_, kAttentionStep, before);
    kernels_.weigh_scores({scores, kTileKeys, rows_.q.rows, cols, rows_.first - first, shape_.window}, most_, sums);
    for (int64_t i = 0; i < rows_.q.rows; ++i) {
      if (started_ && most_[i] > before[i]) shrink(i, std::exp(before[i] - most_[i]));
      sum_[i] += static_cast<double>(sums[i]);
    }
    kernels_.small_product({rows_.y.f32(), rows_.y.stride, scores, kTileKeys, 1, rows_.v.row(first), rows_.v.stride,
                            rows_.q.rows, rows_.v.cols, count, 1.0f, started_});
    started_ = true;
  }

  /** What the row has so far becomes relative to its new maximum. */
  void shrink(int64_t i, float factor) {
    sum_[i] *= static_cast<double>(factor);
    kernels_.scale(rows_.y.row(i), factor, rows_.y.cols);
  }

  void finish() {
    for (int64_t i = 0; i < rows_.q.rows; ++i) {
      kernels_.scale(rows_.y.row(i), static_cast<float>(1.0 / sum_[i]), rows_.y.cols);
      *rows_.lse.row(i) = static_cast<float>(static_cast<double>(most_[i]) + std::log(sum_[i]));
    }
  }

  const Kernels& kernels_;
  const Panels& keys_;
  const HeadRows& rows_;
  AttentionShape shape_;
  bool started_ = false;
  float most_[kAttentionStep];
  double sum_[kAttentionStep] = {};
};

}  // namespace

void CpuOps::attention_forward(Tensor y, Tensor lse, Tensor q, Tensor k, Tensor v, Sequences texts,
                               AttentionShape shape) {
  const TextBlocks blocks(texts);
  const int64_t count = blocks.count();
  const int64_t dim = shape.head_dim;
  const int64_t group = shape.heads / shape.kv_heads;
  const Scratch::Lease memory = scratch_.take(*this, Panels::floats(count, shape), "attention keys");
  const Panels keys{memory.data(), shape.kv_heads, dim};
  for_rows(count, kAttentionBlock * k.cols, [&](int64_t index) { keys.fill(kernels_, k, blocks[index], index); });
  // The last blocks of a text see the most keys: they are taken first, so that no long one is left for the end.
  pool_.parallel_for(count * shape.kv_heads, [&](int64_t chunk) {
    const RowBlock& block = blocks[count - 1 - chunk / shape.kv_heads];
    const int64_t shared_head = chunk % shape.kv_heads;
    const Tensor values = v.slice(block.text_start, block.end).columns(shared_head * dim, dim);
    for (Tensor x : {q, y})
      prefetch(x.slice(block.text_start + block.first, block.rows()).columns(shared_head * group * dim, group * dim));
    for (int64_t head = shared_head * group; head < (shared_head + 1) * group; ++head)
      for (int64_t first = block.first; first < block.end; first += kAttentionStep) {
        const int64_t rows = std::min(kAttentionStep, block.end - first);
        const auto part = [&](Tensor x, int64_t columns) {
          return x.slice(block.text_start + first, rows).columns(head * columns, columns);
        };
        const HeadRows head_rows{part(y, dim), part(lse, 1),      part(q, dim), values,
                                 first,        block.panel_start, shared_head};
        RowsForward(kernels_, keys, head_rows, shape).attend();
      }
  });
}

}  // namespace adapter_lab
