// The backward pass recomputes each tile of weights from the saved log-sum-exp (Dao et al., arXiv 2205.14135). One
// chunk is the heads of one text that share a key, or one of them where such chunks would be few: it owns their dq, and
// dk and dv, so nothing is added atomically.
#include <numeric>
#include <vector>

#include "cpu/attention_blocks.h"
#include "cpu/cpu_ops.h"

namespace adapter_lab {
namespace {

// A tile's weights and their gradients stay in the first cache, its keys and values and their gradients in the second.
constexpr int64_t kTileKeys = 128;
constexpr int64_t kFewestChunks = 12;
constexpr int64_t kRowsAhead = 8;

/** One head of one text: all tensors are its rows and columns; dk and dv are added to. */
struct HeadOfText {
  Tensor dq, dk, dv;
  Tensor dy, q, k, y, lse;
  int64_t first_panel;  // of its keys, and of its values
  int64_t shared_head;
};

class HeadBackward {
 public:
  HeadBackward(const Kernels& kernels, const Panels& keys, const Panels& values, const HeadOfText& head,
               AttentionShape shape)
      : kernels_(kernels), keys_(keys), values_(values), head_(head), shape_(shape) {
    const auto ask_for = [](Tensor x, int64_t row) {
      if (row < x.rows) prefetch(x.slice(row, 1));
    };
    for (int64_t i = 0; i < head.q.rows; ++i) {
      ask_for(head.dy, i + kRowsAhead);
      ask_for(head.y, i + kRowsAhead);
      ask_for(head.q, i);
      mean_.push_back(kernels.dot(head.dy.row(i), head.y.row(i), head.q.cols));
      lse_.push_back(*head.lse.row(i));
    }
  }

  void add_gradients() {
    const int64_t length = head_.q.rows;
    for (int64_t key = 0; key < length; key += kTileKeys)
      for (int64_t row = key; row < length; row += kAttentionBlock)
        if (first_key(row, shape_.window) < key + kTileKeys)
          add_tile(row, std::min(kAttentionBlock, length - row), key, std::min(kTileKeys, length - key));
  }

 private:
  /** The tile of queries [row, row + rows) and keys [key, key + keys): its gradients are added, dq's first ones set. */
  void add_tile(int64_t row, int64_t rows, int64_t key, int64_t keys) {
    const int64_t hidden = std::max<int64_t>(0, first_key(row, shape_.window) - key);
    const int64_t begin = hidden / kAttentionBlock * kAttentionBlock;
    const bool is_first = first_key(row, shape_.window) >= key;
    const auto end_of = [&](int64_t step) { return std::min(keys, row + step + kAttentionStep - key); };
    for (int64_t step = 0; step < rows; step += kAttentionStep) {
      const int64_t count = std::min(kAttentionStep, rows - step);
      weigh(step, row, count, key, begin, whole_steps(end_of(step)));
      add_product(head_.dq.slice(row + step, count), dweights_ + step * kTileKeys + begin, kTileKeys, 1,
                  head_.k.slice(key + begin, end_of(step) - begin), !is_first);
    }
    // Of each step the keys that no step before it sees, with all rows from it on.
    for (int64_t step = 0, first = begin; step < rows; first = end_of(step), step += kAttentionStep) {
      const int64_t at = step * kTileKeys + first;
      const int64_t count = end_of(step) - first;
      add_product(head_.dv.slice(key + first, count), weights_ + at, 1, kTileKeys,
                  head_.dy.slice(row + step, rows - step), true);
      add_product(head_.dk.slice(key + first, count), dweights_ + at, 1, kTileKeys,
                  head_.q.slice(row + step, rows - step), true);
    }
  }

  /** Sets the weights of `count` rows from row + step on, and the gradients of their scores, with keys [begin, end)
   *  counted from `key`. */
  void weigh(int64_t step, int64_t row, int64_t count, int64_t key, int64_t begin, int64_t end) {
    const PanelColumns columns{head_.first_panel + key / kAttentionBlock, head_.shared_head, begin, end};
    const int64_t first = row + step;
    float* weights = weights_ + step * kTileKeys;
    float* dweights = dweights_ + step * kTileKeys;
    keys_.multiply(kernels_, weights, kTileKeys, head_.q.slice(first, count), columns, 1.0f);
    values_.multiply(kernels_, dweights, kTileKeys, head_.dy.slice(first, count), columns, 1.0f);
    kernels_.weigh_scores_backward({weights + begin, kTileKeys, count, end - begin, first - key - begin, shape_.window},
                                   dweights + begin, shape_.scale, lse_.data() + first, mean_.data() + first);
  }

  /** y is set to a b, or added to; a's elements lie a_row and a_col apart. */
  void add_product(Tensor y, const float* a, int64_t a_row, int64_t a_col, Tensor b, bool accumulate) const {
    kernels_.small_product(
        {y.f32(), y.stride, a, a_row, a_col, b.f32(), b.stride, y.rows, y.cols, b.rows, 1.0f, accumulate});
  }

  const Kernels& kernels_;
  const Panels& keys_;
  const Panels& values_;
  const HeadOfText& head_;
  AttentionShape shape_;
  std::vector<float> mean_;  // of each row: <dy, y>
  std::vector<float> lse_;
  float weights_[kAttentionBlock * kTileKeys];
  float dweights_[kAttentionBlock * kTileKeys];
};

/** The sums of dk_heads' columns over the heads of each group. */
void sum_groups(const Kernels& kernels, float* dk, const float* dk_heads, AttentionShape shape) {
  const int64_t dim = shape.head_dim;
  const int64_t group = shape.heads / shape.kv_heads;
  std::fill_n(dk, shape.kv_heads * dim, 0.0f);
  for (int64_t head = 0; head < shape.heads; ++head) kernels.add(dk + head / group * dim, dk_heads + head * dim, dim);
}

/** The numbers of the texts, the longest first: no long one is left for the end. */
std::vector<size_t> longest_first(Sequences texts) {
  std::vector<size_t> order(static_cast<size_t>(texts.count()));
  std::iota(order.begin(), order.end(), size_t{0});
  const auto length = [&](size_t text) { return texts.starts[text + 1] - texts.starts[text]; };
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return length(a) > length(b); });
  return order;
}

}  // namespace

void CpuOps::attention_backward(Tensor dq, Tensor dk, Tensor dv, Tensor dy, Tensor q, Tensor k, Tensor v, Tensor y,
                                Tensor lse, Sequences texts, AttentionShape shape) {
  const TextBlocks blocks(texts);
  const int64_t count = blocks.count();
  const int64_t dim = shape.head_dim;
  const int64_t group = shape.heads / shape.kv_heads;
  const int64_t together = texts.count() * shape.kv_heads < kFewestChunks ? 1 : group;
  const int64_t panel_floats = Panels::floats(count, shape);
  const int64_t gradient_floats = together < group ? q.rows * shape.heads * dim : 0;
  const Scratch::Lease memory =
      scratch_.take(*this, 2 * (panel_floats + gradient_floats), "attention keys and gradients");
  const Panels key_panels{memory.data(), shape.kv_heads, dim};
  const Panels value_panels{key_panels.data + panel_floats, shape.kv_heads, dim};
  for_rows(count, 2 * kAttentionBlock * k.cols, [&](int64_t index) {
    key_panels.fill(kernels_, k, blocks[index], index);
    value_panels.fill(kernels_, v, blocks[index], index);
  });
  Tensor dk_sums = dk;
  Tensor dv_sums = dv;
  if (together < group) {
    dk_sums = Tensor(value_panels.data + panel_floats, q.rows, shape.heads * dim);
    dv_sums = Tensor(dk_sums.f32() + gradient_floats, q.rows, shape.heads * dim);
  }
  const std::vector<size_t> order = longest_first(texts);
  const int64_t chunks = shape.heads / together;
  pool_.parallel_for(texts.count() * chunks, [&](int64_t chunk) {
    const size_t text = order[static_cast<size_t>(chunk / chunks)];
    const int64_t sum = chunk % chunks;
    const int64_t start = texts.starts[text];
    const int64_t length = texts.starts[text + 1] - start;
    const auto part = [&](Tensor x, int64_t column) { return x.slice(start, length).columns(column * dim, dim); };
    for (const Tensor& gradient : {part(dk_sums, sum), part(dv_sums, sum)})
      for (int64_t row = 0; row < length; ++row) std::fill_n(gradient.row(row), dim, 0.0f);
    for (int64_t head = sum * together; head < (sum + 1) * together; ++head) {
      const int64_t shared_head = head / group;
      const HeadOfText head_of_text{part(dq, head),
                                    part(dk_sums, sum),
                                    part(dv_sums, sum),
                                    part(dy, head),
                                    part(q, head),
                                    part(k, shared_head),
                                    part(y, head),
                                    lse.slice(start, length).columns(head, 1),
                                    static_cast<int64_t>(blocks.starts[text]),
                                    shared_head};
      HeadBackward(kernels_, key_panels, value_panels, head_of_text, shape).add_gradients();
    }
  });
  if (together == group) return;
  for_rows(dk.rows, 2 * shape.heads * dim, [&](int64_t row) {
    sum_groups(kernels_, dk.row(row), dk_sums.row(row), shape);
    sum_groups(kernels_, dv.row(row), dv_sums.row(row), shape);
  });
}

}  // namespace adapter_lab
