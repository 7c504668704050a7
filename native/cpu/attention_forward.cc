// Causal attention by blocks of queries with a running softmax over blocks of keys (Milakov and Gimelshein, arXiv
// 1805.02867; Dao et al., arXiv 2205.14135): memory for one tile of scores a thread.
#include <cmath>
#include <limits>

#include "cpu/attention_blocks.h"
#include "cpu/cpu_ops.h"
#include "cpu/sgemm.h"

namespace adapter_lab {
namespace {

constexpr int64_t kQueryBlock = 64;
constexpr int64_t kKeyBlock = 256;

/** One head's rows of one query block: the running maximum and sum of each row, and its output so far. */
class HeadBlock {
 public:
  HeadBlock(const Kernels& kernels, Tensor y, Tensor lse, AttentionShape shape, RowBlock block)
      : kernels_(kernels), y_(y), lse_(lse), shape_(shape), block_(block) {
    std::fill_n(most_, kQueryBlock, -std::numeric_limits<float>::infinity());
  }

  /** Adds keys [first, first + count) of the text; q, k, v are this head's columns of the text's rows. */
  void add_keys(Tensor q, Tensor k, Tensor v, int64_t first, int64_t count) {
    float* scores = attention_scratch(kQueryBlock * kKeyBlock);
    sgemm(scores, kKeyBlock, {q.row(0), q.stride}, {k.row(first), k.stride, true}, block_.rows(), count, q.cols,
          shape_.scale, 0.0f);
    for (int64_t i = 0; i < block_.rows(); ++i) weigh_row(scores + i * kKeyBlock, i, first, count);
    sgemm(y_.row(0), y_.stride, {scores, kKeyBlock}, {v.row(first), v.stride}, block_.rows(), v.cols, count, 1.0f,
          started_ ? 1.0f : 0.0f);
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
  float most_[kQueryBlock];
  double sum_[kQueryBlock] = {};
};

}  // namespace

void CpuOps::attention_forward(Tensor y, Tensor lse, Tensor q, Tensor k, Tensor v, Sequences texts,
                               AttentionShape shape) {
  const std::vector<RowBlock> blocks = row_blocks(texts, kQueryBlock);
  const int64_t dim = shape.head_dim;
  const int64_t group = shape.heads / shape.kv_heads;
  pool_.parallel_for(static_cast<int64_t>(blocks.size()) * shape.heads, [&](int64_t chunk) {
    const RowBlock block = blocks[static_cast<size_t>(chunk / shape.heads)];
    const int64_t head = chunk % shape.heads;
    const int64_t row = block.text_start + block.first;
    const Tensor keys = k.slice(block.text_start, block.end).columns(head / group * dim, dim);
    const Tensor values = v.slice(block.text_start, block.end).columns(head / group * dim, dim);
    const Tensor queries = q.slice(row, block.rows()).columns(head * dim, dim);
    HeadBlock head_block(kernels_, y.slice(row, block.rows()).columns(head * dim, dim),
                         lse.slice(row, block.rows()).columns(head, 1), shape, block);
    for (int64_t first = first_key(block.first, shape.window); first < block.end; first += kKeyBlock)
      head_block.add_keys(queries, keys, values, first, std::min(kKeyBlock, block.end - first));
    head_block.finish();
  });
}

}  // namespace adapter_lab
