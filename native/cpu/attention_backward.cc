// The backward pass recomputes each tile of weights from the saved log-sum-exp (Dao et al., arXiv 2205.14135). One
// chunk is one head of one text: it owns its dq, and its dk and dv until the heads of a group are summed, so nothing is
// added atomically.
#include <vector>

#include "cpu/attention_blocks.h"
#include "cpu/cpu_ops.h"
#include "cpu/sgemm.h"

namespace adapter_lab {
namespace {

constexpr int64_t kBlock = 96;

/** One head of one text: all tensors are its rows and columns. */
struct HeadOfText {
  Tensor dq, dk, dv;
  Tensor dy, q, k, v, y, lse;
};

/** The tile of queries `rows` and keys `keys`; their gradients are added to. */
void add_tile(const Kernels& kernels, const HeadOfText& head, const float* mean, RowBlock rows, RowBlock keys,
              AttentionShape shape) {
  const int64_t m = rows.rows();
  const int64_t n = keys.rows();
  const int64_t dim = head.q.cols;
  float* p = attention_scratch(2 * kBlock * kBlock);
  float* dp = p + kBlock * kBlock;
  const auto at = [](Tensor x, int64_t row, bool transposed = false) {
    return Operand{x.row(row), x.stride, transposed};
  };
  sgemm(p, n, at(head.q, rows.first), at(head.k, keys.first, true), m, n, dim, 1.0f, 0.0f);
  sgemm(dp, n, at(head.dy, rows.first), at(head.v, keys.first, true), m, n, dim, 1.0f, 0.0f);
  for (int64_t i = 0; i < m; ++i) {
    const int64_t row = rows.first + i;
    const int64_t begin = std::clamp<int64_t>(first_key(row, shape.window) - keys.first, 0, n);
    const int64_t end = std::clamp<int64_t>(row + 1 - keys.first, begin, n);
    float* p_row = p + i * n;
    float* dp_row = dp + i * n;
    for (float* unseen : {p_row, dp_row}) {
      std::fill(unseen, unseen + begin, 0.0f);
      std::fill(unseen + end, unseen + n, 0.0f);
    }
    kernels.exp_row(p_row + begin, p_row + begin, shape.scale, *head.lse.row(row), end - begin);
    kernels.softmax_backward(dp_row + begin, p_row + begin, mean[row], shape.scale, end - begin);
  }
  sgemm(head.dv.row(keys.first), head.dv.stride, {p, n, true}, at(head.dy, rows.first), n, dim, m, 1.0f, 1.0f);
  sgemm(head.dk.row(keys.first), head.dk.stride, {dp, n, true}, at(head.q, rows.first), n, dim, m, 1.0f, 1.0f);
  sgemm(head.dq.row(rows.first), head.dq.stride, {dp, n}, at(head.k, keys.first), m, dim, n, 1.0f, 1.0f);
}

void head_backward(const Kernels& kernels, const HeadOfText& head, AttentionShape shape) {
  const int64_t length = head.q.rows;
  std::vector<float> mean(static_cast<size_t>(length));
  for (int64_t i = 0; i < length; ++i) {
    mean[static_cast<size_t>(i)] = kernels.dot(head.dy.row(i), head.y.row(i), head.q.cols);
    for (const Tensor& gradient : {head.dq, head.dk, head.dv}) std::fill_n(gradient.row(i), gradient.cols, 0.0f);
  }
  const int32_t starts[] = {0, static_cast<int32_t>(length)};
  const std::vector<RowBlock> blocks = row_blocks({starts}, kBlock);
  for (const RowBlock& rows : blocks)
    for (const RowBlock& keys : blocks)
      if (keys.first < rows.end && keys.end > first_key(rows.first, shape.window))
        add_tile(kernels, head, mean.data(), rows, keys, shape);
}

}  // namespace

void CpuOps::attention_backward(Tensor dq, Tensor dk, Tensor dv, Tensor dy, Tensor q, Tensor k, Tensor v, Tensor y,
                                Tensor lse, Sequences texts, AttentionShape shape) {
  const int64_t dim = shape.head_dim;
  const int64_t group = shape.heads / shape.kv_heads;
  Buffer memory;
  Tensor dk_heads = dk;
  Tensor dv_heads = dv;
  if (group > 1) {
    memory = allocate(static_cast<size_t>(2 * q.rows * shape.heads * dim) * sizeof(float), "attention gradients");
    dk_heads = Tensor(memory.data(), q.rows, shape.heads * dim);
    dv_heads = Tensor(dk_heads.f32() + dk_heads.count(), q.rows, shape.heads * dim);
  }
  pool_.parallel_for(texts.count() * shape.heads, [&](int64_t chunk) {
    const auto text = static_cast<size_t>(chunk / shape.heads);
    const int64_t head = chunk % shape.heads;
    const int64_t start = texts.starts[text];
    const int64_t length = texts.starts[text + 1] - start;
    const auto part = [&](Tensor x, int64_t column) { return x.slice(start, length).columns(column * dim, dim); };
    const int64_t shared = head / group;
    head_backward(kernels_,
                  {part(dq, head), part(dk_heads, head), part(dv_heads, head), part(dy, head), part(q, head),
                   part(k, shared), part(v, shared), part(y, head), lse.slice(start, length).columns(head, 1)},
                  shape);
  });
  if (group == 1) return;
  for_rows(dk.rows, 2 * shape.heads * dim, [&](int64_t row) {
    for (const auto& [sum, parts] : {std::pair(dk, dk_heads), std::pair(dv, dv_heads)}) {
      std::fill_n(sum.row(row), sum.cols, 0.0f);
      for (int64_t head = 0; head < shape.heads; ++head)
        kernels_.add(sum.row(row) + head / group * dim, parts.row(row) + head * dim, dim);
    }
  });
}

}  // namespace adapter_lab
