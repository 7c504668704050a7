#include "counted_ops.h"

#include <functional>
#include <memory>
#include <numeric>

#include "cuda/cuda_ops.h"
#include "ops/profiled_ops.h"

namespace adapter_lab::test {

const CountedShape kSmolLm2{"SmolLM2-135M", 576, 1536, 3, 1, 64, 49152, 64, 4, 128};
const CountedShape kSevenBillion{"LLaMA-7B", 4096, 11008, 4, 4, 128, 32000, 64, 8, 256};

namespace {

constexpr int64_t kTokens = 2048;
constexpr double kRowLimit = 1.1;
constexpr double kAttentionLimit = 1.3;
constexpr double kSmallestShare = 0.97;

class Counter {
 public:
  Counter(const CountedShape& shape, DType activation)
      : shape_(shape), activation_(activation), ops_(std::make_unique<CudaOps>(activation)) {}

  Tensor take(int64_t rows, int64_t cols) { return take(rows, cols, activation_); }
  Tensor take_f32(int64_t rows, int64_t cols) { return take(rows, cols, DType::f32); }

  /** A row kernel whose elements share `shared` further bytes of operands; so many rows stand for `all_rows`. */
  void row_op(const char* name, double shared, const std::function<void(Ops&)>& run, int64_t rows, int64_t all_rows) {
    results.push_back(count(name, static_cast<int>(all_rows / rows), run));
    results.back().operand_bytes += shared;
    results.back().limit = kRowLimit;
    results.back().is_row_kernel = true;
  }
  void row_op(const char* name, double shared, const std::function<void(Ops&)>& run) {
    row_op(name, shared, run, shape_.rows, kTokens);
  }
  void attention_op(const char* name, const std::function<void(Ops&)>& run) {
    results.push_back(count(name, static_cast<int>(kTokens / shape_.attention_rows), run));
    results.back().limit = kAttentionLimit;
  }

  std::vector<CountedOp> results;

 private:
  Tensor take(int64_t rows, int64_t cols, DType type) {
    memory_.push_back(ops_.allocate(static_cast<size_t>(rows * cols) * size_of(type), "counting"));
    const Tensor x(memory_.back().data(), rows, cols, type);
    ops_.zero(x);
    return x;
  }

  CountedOp count(const char* name, int parts, const std::function<void(Ops&)>& run) {
    emulation::Counting counting(emulation::kA100.part(parts));
    ops_.start();
    run(ops_);
    double ideal = 0;
    for (const ProfiledCall& call : ops_.stop().calls) ideal += call.bytes;
    return {name, ideal, ideal, 0, false, counting.total()};
  }

  const CountedShape& shape_;
  DType activation_;
  ProfiledOps ops_;
  std::vector<Buffer> memory_;
};

void count_norms(Counter& counter, const CountedShape& shape) {
  const Tensor x = counter.take(shape.rows, shape.hidden), y = counter.take(shape.rows, shape.hidden);
  const Tensor dx = counter.take(shape.rows, shape.hidden);
  const Tensor weight = counter.take_f32(1, shape.hidden);
  const Tensor rstd = counter.take_f32(shape.rows, 1);
  const double weights = 4.0 * static_cast<double>(x.count());
  counter.row_op("rmsnorm_forward", weights, [&](Ops& ops) { ops.rmsnorm_forward(y, rstd, x, weight, 1e-5f); });
  counter.row_op("rmsnorm_backward", weights,
                 [&](Ops& ops) { ops.rmsnorm_backward(dx, Tensor(), y, x, weight, rstd); });
}

void count_elements(Counter& counter, const CountedShape& shape) {
  const int64_t rows = shape.rows;
  const Tensor gate = counter.take(rows, shape.intermediate), up = counter.take(rows, shape.intermediate);
  const Tensor y = counter.take(rows, shape.intermediate), dy = counter.take(rows, shape.intermediate);
  const Tensor vector = counter.take_f32(1, shape.intermediate), sums = counter.take_f32(1, shape.intermediate);
  const double vectors = 4.0 * static_cast<double>(y.count());
  counter.row_op("swiglu_forward", 0, [&](Ops& ops) { ops.swiglu_forward(y, gate, up); });
  counter.row_op("swiglu_backward", 0, [&](Ops& ops) { ops.swiglu_backward(gate, up, dy, gate, up); });
  counter.row_op("add", 0, [&](Ops& ops) { ops.add(y, gate); });
  counter.row_op("zero", 0, [&](Ops& ops) { ops.zero(y); });
  counter.row_op("add_bias", vectors, [&](Ops& ops) { ops.add_bias(y, vector); });
  counter.row_op("scale_columns", vectors, [&](Ops& ops) { ops.scale_columns(y, gate, vector, false); });
  counter.row_op("scale_columns, added", vectors, [&](Ops& ops) { ops.scale_columns(y, gate, vector, true); });
  counter.row_op("dropout_forward", 0, [&](Ops& ops) { ops.dropout_forward(y, gate, {0.1f, 1, 2}); });
  counter.row_op("dropout_backward", 0, [&](Ops& ops) { ops.dropout_backward(y, gate, {0.1f, 1, 2}); });
  counter.row_op("bias_backward", 0, [&](Ops& ops) { ops.bias_backward(sums, dy); });
  counter.row_op("scale_columns_backward", 0, [&](Ops& ops) { ops.scale_columns_backward(sums, dy, gate); });
  // Gains are read and sums of a run of rows written and read by every 64 rows.
  const double of_runs = 3 * vectors / 64;
  counter.row_op("dora_backward", of_runs,
                 [&](Ops& ops) { ops.dora_backward(y, sums, dy, gate, Tensor(), vector, vector); });
  counter.row_op("dora_backward, of a sum", of_runs,
                 [&](Ops& ops) { ops.dora_backward(y, sums, dy, gate, up, vector, vector); });
}

void count_weights(Counter& counter, const CountedShape& shape) {
  const int64_t rows = shape.rows;
  const Tensor w = counter.take(rows, shape.hidden);
  const Tensor wide = counter.take_f32(rows, shape.hidden), other = counter.take_f32(rows, shape.hidden);
  const Tensor squares = counter.take_f32(1, rows);
  const double gains = 4.0 * static_cast<double>(wide.count()) / 32;
  counter.row_op("copy to f32", 0, [&](Ops& ops) { ops.copy(wide, w.columns(0, shape.hidden)); });
  counter.row_op("row_squares", 0, [&](Ops& ops) { ops.row_squares(squares, w); });
  counter.row_op("scale_rows", gains, [&](Ops& ops) { ops.scale_rows(wide, wide, squares); });
  counter.row_op("scale_rows_backward", 0, [&](Ops& ops) { ops.scale_rows_backward(squares, wide, other); });
}

void count_ends(Counter& counter, const CountedShape& shape) {
  std::vector<int32_t> ids(static_cast<size_t>(shape.rows));
  std::iota(ids.begin(), ids.end(), 0);
  const Tensor table = counter.take(2 * shape.rows, shape.hidden), x = counter.take(shape.rows, shape.hidden);
  counter.row_op("embedding_forward", 0, [&](Ops& ops) { ops.embedding_forward(x, table, ids.data()); });
  counter.row_op("embedding_backward", 0, [&](Ops& ops) { ops.embedding_backward(table, x, ids.data()); });
  const int64_t heads = shape.hidden / shape.head_dim;
  const Tensor q = counter.take(shape.rows, heads * shape.head_dim);
  const Tensor cosine = counter.take_f32(shape.rows, shape.head_dim / 2);
  const Tensor sine = counter.take_f32(shape.rows, shape.head_dim / 2);
  const double angles = 4.0 * static_cast<double>(q.count());
  counter.row_op("rope", angles, [&](Ops& ops) { ops.rope(q, q, cosine, sine, ids.data(), shape.head_dim, false); });
  const Tensor logits = counter.take_f32(shape.logit_rows, shape.vocabulary);
  const Tensor losses = counter.take_f32(shape.logit_rows, 1);
  // The gradient needs the sum first: logits are read twice.
  const double again = 4.0 * static_cast<double>(logits.count());
  const int64_t chunk = (int64_t{8} << 20) / shape.vocabulary;
  counter.row_op(
      "cross_entropy", again, [&](Ops& ops) { ops.cross_entropy(losses, logits, ids.data(), 1.0f); }, logits.rows,
      chunk);
  counter.row_op(
      "cross_entropy_loss", 0, [&](Ops& ops) { ops.cross_entropy_loss(losses, logits, ids.data()); }, logits.rows,
      chunk);
}

void count_attention(Counter& counter, const CountedShape& shape) {
  const int64_t rows = shape.attention_rows;
  const auto wide = [&] { return counter.take(rows, shape.heads * shape.head_dim); };
  const auto narrow = [&] { return counter.take(rows, shape.kv_heads * shape.head_dim); };
  const Tensor q = wide(), y = wide(), dy = wide(), dq = wide();
  const Tensor k = narrow(), v = narrow(), dk = narrow(), dv = narrow();
  const Tensor lse = counter.take_f32(rows, shape.heads);
  const std::vector<int32_t> starts{0, static_cast<int32_t>(rows)};
  const AttentionShape attention{shape.heads, shape.kv_heads, shape.head_dim, 0.1f, 0};
  counter.attention_op("attention_forward",
                       [&](Ops& ops) { ops.attention_forward(y, lse, q, k, v, {starts}, attention); });
  counter.attention_op("attention_backward", [&](Ops& ops) {
    ops.attention_backward(dq, dk, dv, dy, q, k, v, y, lse, {starts}, attention);
  });
}

std::string over(const char* what, double ratio, double limit) {
  return what + std::string(" is ") + std::to_string(ratio) + " of the least, more than " + std::to_string(limit) +
         "; ";
}

}  // namespace

std::string CountedOp::excess() const {
  std::string excess;
  if (distinct_ratio() < kSmallestShare) excess += "less is touched than its formula says; ";
  if (limit > 0 && memory_ratio() > limit) excess += over("memory traffic", memory_ratio(), limit);
  if (is_row_kernel && asked_ratio() > limit) excess += over("what its warps ask for", asked_ratio(), limit);
  if (is_row_kernel && sector_ratio() > limit) excess += over("what its accesses touch", sector_ratio(), limit);
  return excess;
}

std::vector<CountedOp> count_ops(const CountedShape& shape, DType activation) {
  Counter counter(shape, activation);
  count_norms(counter, shape);
  count_elements(counter, shape);
  count_weights(counter, shape);
  count_ends(counter, shape);
  count_attention(counter, shape);
  return std::move(counter.results);
}

}  // namespace adapter_lab::test
