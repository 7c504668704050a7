// Causal attention by blocks of queries with a running softmax over tiles of keys (Milakov and Gimelshein, arXiv
// 1805.02867; Dao et al., arXiv 2205.14135): memory for one tile of scores a thread.
#include <cmath>
#include <limits>

#include "cpu/attention_blocks.h"
#include "cpu/cpu_ops.h"

namespace adapter_lab {
namespace {

constexpr int64_t kTileKeys = 8 * kAttentionBlock;

/** One head's rows of one query block: the running maximum and sum of each row, and its output so far. */
class HeadBlock {
 public:
  HeadBlock(const Kernels& kernels, Tensor y, Tensor lse, AttentionShape shape, RowBlock block)
      : kernels_(kernels), y_(y), lse_(lse), shape_(shape), block_(block) {
    std::fill_n(most_, kAttentionBlock, -std::numeric_limits<float>::infinity());
  }

  /** Adds keys [first, first + count) of the text, first at the start of a panel; q and v are this head's columns. */
  void add_keys(Tensor q, const Panels& keys, int64_t shared_head, Tensor v, int64_t first, int64_t count) {
    float* scores = attention_scratch(kAttentionBlock * kTileKeys);
    for (int64_t key = first; key < first + count; key += kAttentionBlock)
      kernels_.small_product({scores + key - first, kTileKeys, q.f32(), q.stride, 1,
                              keys.panel(block_.panel_start + key / kAttentionBlock, shared_head), kAttentionBlock,
                              block_.rows(), kAttentionBlock, q.cols, shape_.scale, false});
    for (int64_t i = 0; i < block_.rows(); ++i) weigh_row(scores + i * kTileKeys, i, first, count);
    kernels_.small_product({y_.f32(), y_.stride, scores, kTileKeys, 1, v.row(first), v.stride, block_.rows(), v.cols,
                            count, 1.0f, started_});
    started_ = true;
  }

  void finish() {
    for (int64_t i = 0; i < block_.rows(); ++i) {
      kernels_.scale(y_.row(i), static_cast<float>(1.0 / sum_[i]), y_.cols);
      *lse_.row(i) = static_cast<float>(static_cast<double>(most_[i]) + std::log(sum_[i]));
    }
  }

 private:
  /** Scores become weights relative to the row's new maximum; keys that the row does not see get none. */
  void weigh_row(float* scores, int64_t i, int64_t first, int64_t count) {
    const int64_t row = block_.first + i;
    const int64_t begin = std::clamp<int64_t>(first_key(row, shape_.window) - first, 0, count);
    const int64_t end = std::clamp<int64_t>(row + 1 - first, begin, count);
    std::fill(scores, scores + begin, 0.0f);
    std::fill(scores + end, scores + count, 0.0f);
    if (begin == end) return;
    const float most = std::max(most_[i], kernels_.row_max(scores + begin, end - begin));
    if (started_ && most > most_[i]) {
      const float shrink = std::exp(most_[i] - most);
      sum_[i] *= static_cast<double>(shrink);
      kernels_.scale(y_.row(i), shrink, y_.cols);
    }
    most_[i] = most;
    sum_[i] += kernels_.exp_row(scores + begin, scores + begin, 1.0f, most, end - begin);
  }

  const Kernels& kernels_;
  Tensor y_;
  Tensor lse_;
  AttentionShape shape_;
  RowBlock block_;
  bool started_ = false;
  float most_[kAttentionBlock];
  double sum_[kAttentionBlock] = {};
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
  for_rows(count, kAttentionBlock * k.cols, [&](int64_t index) { keys.fill(k, blocks[index], index); });
  // The last blocks of a text see the most keys: they are taken first, so that no long one is left for the end.
  pool_.parallel_for(count * shape.kv_heads, [&](int64_t chunk) {
    const RowBlock& block = blocks[count - 1 - chunk / shape.kv_heads];
    const int64_t shared_head = chunk % shape.kv_heads;
    const int64_t row = block.text_start + block.first;
    const Tensor values = v.slice(block.text_start, block.end).columns(shared_head * dim, dim);
    const int64_t begin = first_key(block.first, shape.window) / kAttentionBlock * kAttentionBlock;
    for (int64_t head = shared_head * group; head < (shared_head + 1) * group; ++head) {
      const Tensor queries = q.slice(row, block.rows()).columns(head * dim, dim);
      HeadBlock head_block(kernels_, y.slice(row, block.rows()).columns(head * dim, dim),
                           lse.slice(row, block.rows()).columns(head, 1), shape, block);
      for (int64_t first = begin; first < block.end; first += kTileKeys)
        head_block.add_keys(queries, keys, shared_head, values, first, std::min(kTileKeys, block.end - first));
      head_block.finish();
    }
  });
}

}  // namespace adapter_lab
