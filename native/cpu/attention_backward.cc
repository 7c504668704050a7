// The backward pass recomputes each tile of weights from the saved log-sum-exp (Dao et al., arXiv 2205.14135). One
// chunk is one head of one text: it owns its dq, and its dk and dv until the heads of a group are summed, so nothing is
// added atomically.
#include <vector>

#include "cpu/attention_blocks.h"
#include "cpu/cpu_ops.h"

namespace adapter_lab {
namespace {

/** One head of one text: all tensors are its rows and columns; the panels are those of the head that its group shares.
 */
struct HeadOfText {
  Tensor dq, dk, dv;
  Tensor dy, q, k, y, lse;
  const Panels& key_panels;
  const Panels& value_panels;
  int64_t shared_head;
};

class HeadBackward {
 public:
  HeadBackward(const Kernels& kernels, const HeadOfText& head, AttentionShape shape)
      : kernels_(kernels), head_(head), shape_(shape), mean_(static_cast<size_t>(head.q.rows)) {
    for (int64_t i = 0; i < head.q.rows; ++i) {
      mean_[static_cast<size_t>(i)] = kernels.dot(head.dy.row(i), head.y.row(i), head.q.cols);
      for (const Tensor& gradient : {head.dq, head.dk, head.dv}) std::fill_n(gradient.row(i), gradient.cols, 0.0f);
    }
  }

  /** The tile of queries `rows` and keys `keys`; their gradients are added to. */
  void add_tile(const RowBlock& rows, const RowBlock& keys) {
    const int64_t panel = keys.panel_start + keys.first / kAttentionBlock;
    const int64_t m = rows.rows();
    const int64_t n = keys.rows();
    scores(weights_, head_.q.slice(rows.first, m), head_.key_panels.panel(panel, head_.shared_head));
    scores(dweights_, head_.dy.slice(rows.first, m), head_.value_panels.panel(panel, head_.shared_head));
    for (int64_t i = 0; i < m; ++i) differentiate_row(i, rows.first + i, keys);
    add_product(head_.dv.slice(keys.first, n), weights_, 1, kAttentionBlock, head_.dy.slice(rows.first, m));
    add_product(head_.dk.slice(keys.first, n), dweights_, 1, kAttentionBlock, head_.q.slice(rows.first, m));
    add_product(head_.dq.slice(rows.first, m), dweights_, kAttentionBlock, 1, head_.k.slice(keys.first, n));
  }

 private:
  /** y (m, kAttentionBlock) is set to x times the panel. */
  void scores(float* y, Tensor x, const float* panel) const {
    kernels_.small_product({y, kAttentionBlock, x.f32(), x.stride, 1, panel, kAttentionBlock, x.rows, kAttentionBlock,
                            x.cols, 1.0f, false});
  }

  /** y is added to: a b, a's elements a_row and a_col apart. */
  void add_product(Tensor y, const float* a, int64_t a_row, int64_t a_col, Tensor b) const {
    kernels_.small_product({y.f32(), y.stride, a, a_row, a_col, b.f32(), b.stride, y.rows, y.cols, b.rows, 1.0f, true});
  }

  /** Scores become weights, and the weights' gradients the scores'; both are zero for keys that the row does not see.
   */
  void differentiate_row(int64_t i, int64_t row, const RowBlock& keys) {
    const int64_t begin = std::clamp<int64_t>(first_key(row, shape_.window) - keys.first, 0, keys.rows());
    const int64_t end = std::clamp<int64_t>(row + 1 - keys.first, begin, keys.rows());
    float* weights = weights_ + i * kAttentionBlock;
    float* dweights = dweights_ + i * kAttentionBlock;
    for (float* unseen : {weights, dweights}) {
      std::fill(unseen, unseen + begin, 0.0f);
      std::fill(unseen + end, unseen + keys.rows(), 0.0f);
    }
    kernels_.exp_row(weights + begin, weights + begin, shape_.scale, *head_.lse.row(row), end - begin);
    kernels_.softmax_backward(dweights + begin, weights + begin, mean_[static_cast<size_t>(row)], shape_.scale,
                              end - begin);
  }

  const Kernels& kernels_;
  const HeadOfText& head_;
  AttentionShape shape_;
  std::vector<float> mean_;  // of each row: <dy, y>
  float weights_[kAttentionBlock * kAttentionBlock];
  float dweights_[kAttentionBlock * kAttentionBlock];
};

/** The sums of dk_heads' columns over the heads of each group. */
void sum_groups(const Kernels& kernels, float* dk, const float* dk_heads, AttentionShape shape) {
  const int64_t dim = shape.head_dim;
  const int64_t group = shape.heads / shape.kv_heads;
  std::fill_n(dk, shape.kv_heads * dim, 0.0f);
  for (int64_t head = 0; head < shape.heads; ++head) kernels.add(dk + head / group * dim, dk_heads + head * dim, dim);
}

}  // namespace

void CpuOps::attention_backward(Tensor dq, Tensor dk, Tensor dv, Tensor dy, Tensor q, Tensor k, Tensor v, Tensor y,
                                Tensor lse, Sequences texts, AttentionShape shape) {
  const TextBlocks blocks(texts);
  const int64_t count = blocks.count();
  const int64_t dim = shape.head_dim;
  const int64_t group = shape.heads / shape.kv_heads;
  const int64_t panel_floats = Panels::floats(count, shape);
  const int64_t gradient_floats = group > 1 ? q.rows * shape.heads * dim : 0;
  const Scratch::Lease memory =
      scratch_.take(*this, 2 * (panel_floats + gradient_floats), "attention keys and gradients");
  const Panels key_panels{memory.data(), shape.kv_heads, dim};
  const Panels value_panels{key_panels.data + panel_floats, shape.kv_heads, dim};
  for_rows(count, 2 * kAttentionBlock * k.cols, [&](int64_t index) {
    key_panels.fill(k, blocks[index], index);
    value_panels.fill(v, blocks[index], index);
  });
  Tensor dk_heads = dk;
  Tensor dv_heads = dv;
  if (group > 1) {
    dk_heads = Tensor(value_panels.data + panel_floats, q.rows, shape.heads * dim);
    dv_heads = Tensor(dk_heads.f32() + gradient_floats, q.rows, shape.heads * dim);
  }
  pool_.parallel_for(texts.count() * shape.heads, [&](int64_t chunk) {
    const auto text = static_cast<size_t>(chunk / shape.heads);
    const int64_t head = chunk % shape.heads;
    const int64_t start = texts.starts[text];
    const int64_t length = texts.starts[text + 1] - start;
    const auto part = [&](Tensor x, int64_t column) { return x.slice(start, length).columns(column * dim, dim); };
    const HeadOfText head_of_text{
        part(dq, head), part(dk_heads, head),  part(dv_heads, head), part(dy, head),
        part(q, head),  part(k, head / group), part(y, head),        lse.slice(start, length).columns(head, 1),
        key_panels,     value_panels,          head / group};
    HeadBackward backward(kernels_, head_of_text, shape);
    for (const RowBlock& rows : blocks.of(text))
      for (const RowBlock& keys : blocks.of(text))
        if (keys.first <= rows.first && keys.end > first_key(rows.first, shape.window)) backward.add_tile(rows, keys);
  });
  if (group == 1) return;
  for_rows(dk.rows, 2 * shape.heads * dim, [&](int64_t row) {
    sum_groups(kernels_, dk.row(row), dk_heads.row(row), shape);
    sum_groups(kernels_, dv.row(row), dv_heads.row(row), shape);
  });
}

}  // namespace adapter_lab
