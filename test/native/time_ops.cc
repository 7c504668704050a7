// Speeds of the ops at SmolLM2-135M's shapes: GFLOP/s of products and attention, GB/s of row kernels. Not a test.
// One thread is timed by its processor time, so that a busy machine does not matter.
// Usage: time_ops [threads] [part of a name] [sets of a product's operands, taken in turns: many do not fit the caches]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "core/random.h"
#include "ops/ops.h"

namespace adapter_lab {
namespace {

constexpr int64_t kHidden = 576;
constexpr int64_t kKeys = 192;
constexpr int64_t kInner = 1536;
constexpr int64_t kVocabulary = 49152;
constexpr int64_t kRank = 32;

class Timer {
 public:
  Timer(int threads, const char* wanted, int64_t sets)
      : own_(make_cpu_ops(threads)), ops_(*own_), alone_(threads == 1), wanted_(wanted), sets_(sets) {}

  bool wants(const std::string& name) const { return name.find(wanted_) != std::string::npos; }
  int64_t sets() const { return sets_; }
  /** Tensors there are. */
  size_t count() const { return memory_.size(); }
  /** Gives back those that were made since there were `count`. */
  void keep(size_t count) { memory_.resize(count); }

  Tensor tensor(int64_t rows, int64_t cols) {
    memory_.push_back(ops_.allocate(static_cast<size_t>(rows * cols) * sizeof(float), "timing"));
    Tensor x(memory_.back().data(), rows, cols);
    Random random(1, memory_.size());
    std::vector<float> values(static_cast<size_t>(x.count()));
    for (float& value : values) value = random.next_float() - 0.5f;
    ops_.upload(x, values.data(), DType::f32);
    return x;
  }

  /** Prints the median time; `work` is in billions of operations or gigabytes, `unit` says which. */
  void time(const std::string& name, double work, const char* unit, const std::function<void()>& body) {
    if (!wants(name)) return;
    std::vector<double> seconds;
    double total = 0.0;
    while (seconds.size() < 5 || (total < 0.25 && seconds.size() < 400)) {
      const double start = now();
      body();
      seconds.push_back(now() - start);
      total += seconds.back();
    }
    std::sort(seconds.begin(), seconds.end());
    const double median = seconds[seconds.size() / 2];
    std::printf("%-44s %9.1f us (best %9.1f) %8.1f %s\n", name.c_str(), median * 1e6, seconds[0] * 1e6, work / median,
                unit);
  }

  Ops& ops() { return ops_; }

 private:
  double now() const {
    if (alone_) return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }

  std::unique_ptr<Ops> own_;
  Ops& ops_;
  bool alone_;
  const char* wanted_;
  int64_t sets_;
  std::vector<Buffer> memory_;
};

void time_product(Timer& timer, const std::string& name, int64_t m, int64_t n, int64_t k, bool transpose_a,
                  bool transpose_b) {
  const std::string shape = " " + std::to_string(m) + "x" + std::to_string(n) + "x" + std::to_string(k);
  if (!timer.wants("gemm " + name + shape)) return;
  struct Operands {
    Tensor c, a, b;
  };
  const size_t others = timer.count();
  std::vector<Operands> sets;
  for (int64_t i = 0; i < timer.sets(); ++i)
    sets.push_back({timer.tensor(m, n), transpose_a ? timer.tensor(k, m) : timer.tensor(m, k),
                    transpose_b ? timer.tensor(n, k) : timer.tensor(k, n)});
  const double work = 2e-9 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  size_t turn = 0;
  timer.time("gemm " + name + shape, work, "GFLOP/s", [&] {
    const auto& [c, a, b] = sets[turn++ % sets.size()];
    timer.ops().gemm(c, a, transpose_a, b, transpose_b, 1.0f, 0.0f);
  });
  timer.keep(others);
}

void time_products(Timer& timer, int64_t tokens) {
  struct Layer {
    const char* name;
    int64_t out, in;
  };
  for (const auto& [name, out, in] :
       {Layer{"q", kHidden, kHidden}, {"k", kKeys, kHidden}, {"up", kInner, kHidden}, {"down", kHidden, kInner}}) {
    const std::string layer = name;
    time_product(timer, layer + " y = x w^T", tokens, out, in, false, true);
    time_product(timer, layer + " dx = dy w", tokens, in, out, false, false);
    time_product(timer, layer + " dw = dy^T x", out, in, tokens, true, false);
    time_product(timer, layer + " z = x a^T", tokens, kRank, in, false, true);
    time_product(timer, layer + " y = z b^T", tokens, out, kRank, false, true);
    time_product(timer, layer + " dz = dy b", tokens, kRank, out, false, false);
    time_product(timer, layer + " dx = dz a", tokens, in, kRank, false, false);
    time_product(timer, layer + " db = dy^T z", out, kRank, tokens, true, false);
    time_product(timer, layer + " da = dz^T x", kRank, in, tokens, true, false);
    time_product(timer, layer + " w a^T", out, kRank, in, false, true);
  }
  const int64_t chunk = 142;
  time_product(timer, "head y = x w^T", chunk, kVocabulary, kHidden, false, true);
  time_product(timer, "head dx = dy w", chunk, kHidden, kVocabulary, false, false);
}

/** A quantised matrix of random floats. */
struct Quantized {
  Quantized(Timer& timer, int64_t rows, int64_t cols)
      : codes(static_cast<size_t>(rows * cols / 2)), absmax(static_cast<size_t>(rows * cols / 64)) {
    timer.ops().quantize_nf4(codes.data(), absmax.data(), timer.tensor(rows, cols).data, DType::f32, rows * cols, 64);
    matrix = {codes.data(), 6, absmax.data(), nullptr, nullptr, nullptr, 0.0f};
    tensor = Tensor(&matrix, rows, cols, DType::nf4);
  }
  std::vector<uint8_t> codes;
  std::vector<float> absmax;
  Nf4 matrix;
  Tensor tensor;
};

/** Products by rows, as generation has them. */
void time_rows(Timer& timer, const char* type, Tensor y, Tensor x, Tensor w) {
  const std::string shape = std::to_string(w.rows) + "x" + std::to_string(w.cols);
  for (const int64_t rows : {1, 4, 64})
    timer.time(std::string(type) + " " + std::to_string(rows) + " rows of " + shape,
               2e-9 * static_cast<double>(rows * w.count()), "GFLOP/s",
               [&] { timer.ops().row_product(y.slice(0, rows), x.slice(0, rows), w, 1.0f, false); });
}

void time_nf4(Timer& timer, int64_t tokens) {
  Ops& ops = timer.ops();
  for (const auto& [out, in] : {std::pair{kHidden, kHidden}, {kKeys, kHidden}, {kInner, kHidden}, {kHidden, kInner}}) {
    const Quantized w(timer, out, in);
    const Tensor x = timer.tensor(tokens, in);
    const Tensor y = timer.tensor(tokens, out);
    const Tensor wide = timer.tensor(out, in);
    const std::string shape = " " + std::to_string(out) + "x" + std::to_string(in);
    const double work = 2e-9 * static_cast<double>(tokens * out * in);
    timer.time("nf4 copy" + shape, 1e-9 * static_cast<double>(out * in), "Gelements/s",
               [&] { ops.copy(wide, w.tensor); });
    timer.time("nf4 y = x w^T" + shape, work, "GFLOP/s",
               [&] { ops.gemm(y, x, false, w.tensor, true, 1.0f, 0.0f); });
    timer.time("nf4 dx = dy w" + shape, work, "GFLOP/s",
               [&] { ops.gemm(x, y, false, w.tensor, false, 1.0f, 0.0f); });
    time_rows(timer, "nf4", y, x, w.tensor);
    timer.time("nf4 f32 one row" + shape, work / static_cast<double>(tokens), "GFLOP/s",
               [&] { ops.row_product(y.slice(0, 1), x.slice(0, 1), wide, 1.0f, false); });
    timer.time("nf4 f32 y = x w^T" + shape, work, "GFLOP/s",
               [&] { ops.gemm(y, x, false, wide, true, 1.0f, 0.0f); });
    timer.time("nf4 f32 dx = dy w" + shape, work, "GFLOP/s",
               [&] { ops.gemm(x, y, false, wide, false, 1.0f, 0.0f); });
  }
}

/** Weights as they lie in most models' files. */
void time_half_weights(Timer& timer, int64_t tokens) {
  Ops& ops = timer.ops();
  for (const auto& [out, in] : {std::pair{kHidden, kHidden}, {kKeys, kHidden}, {kInner, kHidden}, {kHidden, kInner},
                                {kVocabulary, kHidden}}) {
    const int64_t rows = out == kVocabulary ? 142 : tokens;
    const std::vector<uint16_t> ones(static_cast<size_t>(out * in), 0x3f80);
    const Buffer memory = ops.allocate(ones.size() * 2, "weights");
    const Tensor w(memory.data(), out, in, DType::bf16);
    ops.upload(w, ones.data(), DType::bf16);
    const Tensor x = timer.tensor(rows, in);
    const Tensor y = timer.tensor(rows, out);
    const Tensor a = timer.tensor(kRank, in);
    const Tensor wa = timer.tensor(out, kRank);
    const std::string shape = " " + std::to_string(rows) + "x" + std::to_string(out) + "x" + std::to_string(in);
    const double work = 2e-9 * static_cast<double>(rows * out * in);
    timer.time("bf16 y = x w^T" + shape, work, "GFLOP/s", [&] { ops.gemm(y, x, false, w, true, 1.0f, 0.0f); });
    timer.time("bf16 dx = dy w" + shape, work, "GFLOP/s", [&] { ops.gemm(x, y, false, w, false, 1.0f, 0.0f); });
    time_rows(timer, "bf16", y, x, w);
    timer.time("bf16 w a^T" + shape, 2e-9 * static_cast<double>(out * in * kRank), "GFLOP/s",
               [&] { ops.weight_product(wa, w, a); });
  }
}

void time_row_kernels(Timer& timer, int64_t tokens) {
  Ops& ops = timer.ops();
  const Tensor hidden[] = {timer.tensor(tokens, kHidden), timer.tensor(tokens, kHidden), timer.tensor(tokens, kHidden)};
  const Tensor inner[] = {timer.tensor(tokens, kInner), timer.tensor(tokens, kInner), timer.tensor(tokens, kInner),
                          timer.tensor(tokens, kInner)};
  const Tensor weight = timer.tensor(1, kInner);
  const Tensor rstd = timer.tensor(tokens, 1);
  const Tensor hidden_weight = weight.columns(0, kHidden);
  const double h = 4e-9 * static_cast<double>(tokens * kHidden);
  const double i = 4e-9 * static_cast<double>(tokens * kInner);
  const std::string of = " " + std::to_string(tokens);
  timer.time("rmsnorm_forward" + of, 2 * h, "GB/s",
             [&] { ops.rmsnorm_forward(hidden[0], rstd, hidden[1], hidden_weight, 1e-5f); });
  timer.time("rmsnorm_backward" + of, 4 * h, "GB/s",
             [&] { ops.rmsnorm_backward(hidden[0], Tensor(), hidden[1], hidden[2], hidden_weight, rstd); });
  timer.time("rmsnorm_backward, dweight" + of, 6 * h, "GB/s",
             [&] { ops.rmsnorm_backward(hidden[0], hidden_weight, hidden[1], hidden[2], hidden_weight, rstd); });
  timer.time("swiglu_forward" + of, 3 * i, "GB/s", [&] { ops.swiglu_forward(inner[0], inner[1], inner[2]); });
  timer.time("swiglu_backward" + of, 5 * i, "GB/s",
             [&] { ops.swiglu_backward(inner[3], inner[0], inner[0], inner[1], inner[2]); });
  timer.time("dropout_forward" + of, 2 * i, "GB/s", [&] { ops.dropout_forward(inner[0], inner[1], {0.05f, 1, 2}); });
  timer.time("dropout_backward" + of, 3 * i, "GB/s", [&] { ops.dropout_backward(inner[0], inner[1], {0.05f, 1, 2}); });
  timer.time("scale_columns" + of, 2 * i, "GB/s", [&] { ops.scale_columns(inner[0], inner[1], weight, false); });
  timer.time("dora_backward" + of, 3 * i, "GB/s",
             [&] { ops.dora_backward(inner[2], weight, inner[0], inner[1], Tensor(), weight, weight); });
  timer.time("bias_backward" + of, i, "GB/s", [&] { ops.bias_backward(weight, inner[0]); });
  timer.time("copy" + of, 2 * h, "GB/s", [&] { ops.copy(hidden[0], hidden[1]); });
  timer.time("add" + of, 3 * h, "GB/s", [&] { ops.add(hidden[0], hidden[1]); });
}

void time_attention(Timer& timer, int64_t tokens, int64_t length) {
  std::vector<int32_t> starts{0};
  while (starts.back() < tokens) starts.push_back(static_cast<int32_t>(std::min(tokens, starts.back() + length)));
  std::vector<int32_t> positions;
  for (int64_t n = 0; n < tokens; ++n) positions.push_back(static_cast<int32_t>(n % length));
  const AttentionShape shape{9, 3, 64, 0.125f, 0};
  const Tensor q = timer.tensor(tokens, kHidden), k = timer.tensor(tokens, kKeys), v = timer.tensor(tokens, kKeys);
  const Tensor y = timer.tensor(tokens, kHidden), lse = timer.tensor(tokens, 9), dy = timer.tensor(tokens, kHidden);
  const Tensor dq = timer.tensor(tokens, kHidden), dk = timer.tensor(tokens, kKeys), dv = timer.tensor(tokens, kKeys);
  const Tensor cosine = timer.tensor(length, 32), sine = timer.tensor(length, 32);
  Ops& ops = timer.ops();
  const double work = 2e-9 * static_cast<double>(tokens * length * kHidden);
  const std::string of = " " + std::to_string(tokens) + " in texts of " + std::to_string(length);
  timer.time("attention_forward" + of, work, "GFLOP/s",
             [&] { ops.attention_forward(y, lse, q, k, v, {starts}, shape); });
  timer.time("attention_backward" + of, 2.5 * work, "GFLOP/s",
             [&] { ops.attention_backward(dq, dk, dv, dy, q, k, v, y, lse, {starts}, shape); });
  timer.time("rope" + of, 8e-9 * static_cast<double>(tokens * kHidden), "GB/s",
             [&] { ops.rope(dy, q, cosine, sine, positions.data(), 64, false); });
}

void time_decoding(Timer& timer) {
  for (const int64_t rows : {1, 4, 32}) {
    time_product(timer, "decode q", rows, kHidden, kHidden, false, true);
    time_product(timer, "decode up", rows, kInner, kHidden, false, true);
    time_product(timer, "decode down", rows, kHidden, kInner, false, true);
    time_product(timer, "decode head", rows, kVocabulary, kHidden, false, true);
    const Tensor q = timer.tensor(rows, kHidden), y = timer.tensor(rows, kHidden);
    const Tensor memory = timer.tensor(7 * rows, 2 * kKeys * kCacheBlock);
    std::vector<float*> blocks;
    for (int64_t n = 0; n < memory.rows; ++n) blocks.push_back(memory.row(n));
    std::vector<CachedText> texts;
    for (int64_t n = 0; n < rows; ++n)
      texts.push_back({n, 1, std::span(blocks).subspan(static_cast<size_t>(7 * n), 7)});
    const std::vector<CachedRow> cached(static_cast<size_t>(rows), CachedRow{199, 200, {}});
    timer.time("attention_cached " + std::to_string(rows) + " rows, 200 positions",
               8e-9 * static_cast<double>(rows * 200 * kKeys), "GB/s",
               [&] { timer.ops().attention_cached(y, q, texts, cached, 0, {9, 3, 64, 0.125f, 0}); });
    const Tensor logits = timer.tensor(rows, kVocabulary);
    std::vector<float> values(static_cast<size_t>(8 * rows));
    std::vector<int32_t> indices(values.size());
    timer.time("top_log_probabilities " + std::to_string(rows), 4e-9 * static_cast<double>(rows * kVocabulary), "GB/s",
               [&] { timer.ops().top_log_probabilities(values.data(), indices.data(), logits, 8); });
  }
}

void time_rest(Timer& timer) {
  Ops& ops = timer.ops();
  const int64_t rows = 142;
  const Tensor logits = timer.tensor(rows, kVocabulary), losses = timer.tensor(rows, 1);
  const std::vector<int32_t> targets(static_cast<size_t>(rows), 5);
  const double bytes = 4e-9 * static_cast<double>(rows * kVocabulary);
  timer.time("cross_entropy", 2 * bytes, "GB/s", [&] { ops.cross_entropy(losses, logits, targets.data(), 1.0f); });
  timer.time("cross_entropy_loss", bytes, "GB/s", [&] { ops.cross_entropy_loss(losses, logits, targets.data()); });
  const Tensor state[] = {timer.tensor(kInner, kHidden), timer.tensor(kInner, kHidden), timer.tensor(kInner, kHidden),
                          timer.tensor(kInner, kHidden)};
  ops.zero(state[1]);
  ops.zero(state[2]);
  const double weight_bytes = 4e-9 * static_cast<double>(kInner * kHidden);
  timer.time("adamw of a weight", 7 * weight_bytes, "GB/s", [&] {
    const AdamWTensor tensor{state[0], state[1], state[2], state[3]};
    ops.adamw({&tensor, 1}, {1e-3f, 0.9f, 0.999f, 1e-8f, 0.0f, 1, 1.0f});
  });
  const int64_t blocks = kInner * kHidden / kMomentBlock;
  std::vector<uint8_t> codes(static_cast<size_t>(2 * kInner * kHidden));
  std::vector<float> scales(static_cast<size_t>(2 * blocks));
  const EightBitMoments moments{{codes.data(), scales.data()},
                                {codes.data() + kInner * kHidden, scales.data() + blocks}};
  timer.time("adamw_8bit of a weight", 4 * weight_bytes, "GB/s", [&] {
    const EightBitAdamWTensor tensor{state[0], moments, state[3]};
    ops.adamw_8bit({&tensor, 1}, {1e-3f, 0.9f, 0.999f, 1e-8f, 0.0f, 1, 1.0f});
  });
  timer.time("sum_of_squares of a weight", weight_bytes, "GB/s", [&] { ops.sum_of_squares({state, 1}); });
  const Tensor wa = timer.tensor(kInner, kRank), b = timer.tensor(kInner, kRank), gram = timer.tensor(kRank, kRank);
  const Tensor rows_of_w[] = {timer.tensor(1, kInner), timer.tensor(1, kInner), timer.tensor(1, kInner),
                              timer.tensor(1, kInner)};
  timer.time("dora_gain of up", 2e-9 * static_cast<double>(kInner * kRank * kRank), "GFLOP/s",
             [&] { ops.dora_gain(rows_of_w[0], rows_of_w[1], rows_of_w[2], wa, b, gram, rows_of_w[3], 2.0f); });
  timer.time("upload bf16, 64 M", 6e-9 * 64e6, "GB/s", [&] {
    static const std::vector<uint16_t> source(64000000, 0x3f80);
    const Buffer memory = ops.allocate(source.size() * sizeof(float), "upload");
    ops.upload(Tensor(memory.data(), 1, static_cast<int64_t>(source.size())), source.data(), DType::bf16);
  });
}

}  // namespace
}  // namespace adapter_lab

int main(int argc, char** argv) {
  using namespace adapter_lab;
  Timer timer(argc > 1 ? std::atoi(argv[1]) : 0, argc > 2 ? argv[2] : "",
              argc > 3 ? std::max<int64_t>(1, std::atoll(argv[3])) : 1);
  for (const int64_t tokens : {283, 1250}) {
    time_products(timer, tokens);
    time_row_kernels(timer, tokens);
    time_half_weights(timer, tokens);
    time_nf4(timer, tokens);
    time_attention(timer, tokens, 75);
  }
  time_attention(timer, 2048, 2048);
  time_decoding(timer);
  time_rest(timer);
  return 0;
}
