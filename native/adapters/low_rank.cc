#include "adapters/low_rank.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/random.h"

namespace adapter_lab {
namespace {

// An output that was added to a sum is found again to the sum's rounding; divided by the gain that must stay harmless.
constexpr float kTellingGain = 0.125f;

std::vector<float> uniform(int64_t count, float bound, uint64_t seed, uint64_t stream) {
  std::vector<float> values(static_cast<size_t>(count));
  Random random(seed, stream);
  for (float& value : values) value = (2.0f * random.next_float() - 1.0f) * bound;
  return values;
}

/** Cuts tensors out of one allocation, each on a 64-byte boundary. */
class Cutter {
 public:
  explicit Cutter(void* data) : next_(static_cast<float*>(data)) {}
  Tensor cut(int64_t rows, int64_t cols) {
    Tensor tensor(next_, rows, cols);
    next_ += padded(rows * cols);
    return tensor;
  }
  static int64_t padded(int64_t count) { return (count + 15) / 16 * 16; }

 private:
  float* next_;
};

}  // namespace

LowRank::LowRank(Ops& ops, const LowRankSpec& spec, Tensor weight, bool training, uint64_t seed, uint64_t stream)
    : ops_(ops), spec_(spec), stream_(stream) {
  const int64_t out = weight.rows;
  const int64_t in = weight.cols;
  const int64_t floats = Cutter::padded(spec.rank * in) + Cutter::padded(out * spec.rank) + 4 * Cutter::padded(out);
  memory_ = ops.allocate(static_cast<size_t>(floats) * sizeof(float), spec.name.c_str());
  Cutter cutter(memory_.data());
  const Tensor a = cutter.cut(spec.rank, in);
  const Tensor b = cutter.cut(out, spec.rank);
  ops.upload(a, uniform(a.count(), 1.0f / std::sqrt(static_cast<float>(in)), seed, stream).data(), DType::f32);
  ops.zero(b);
  a_ = std::make_unique<Parameter>(ops, spec.name + ".lora_A.weight", false, a, training);
  b_ = std::make_unique<Parameter>(ops, spec.name + ".lora_B.weight", false, b, training);
  if (!spec.magnitude) return;
  const Tensor m = cutter.cut(1, out);
  squares_ = cutter.cut(1, out);
  norm_ = cutter.cut(1, out);
  gain_ = cutter.cut(1, out);
  ops.row_squares(squares_, weight);
  std::vector<float> norms(static_cast<size_t>(out));
  ops.download(norms.data(), squares_);
  for (float& norm : norms) norm = std::sqrt(norm);
  ops.upload(m, norms.data(), DType::f32);
  m_ = std::make_unique<Parameter>(ops, spec.name + ".lora_magnitude_vector", true, m, training);
}

/** Calls use(first, rows) with W's rows as f32 numbers: all at once, or some at a time where they have to be widened. */
template <class Use>
void each_wide(Pass& pass, Tensor weight, Use use) {
  if (weight.dtype == DType::f32) return use(0, weight);
  constexpr int64_t kRowsAtOnce = 256;
  const ArenaScope scope(pass.scratch);
  const Tensor wide = pass.scratch.take(std::min(kRowsAtOnce, weight.rows), weight.cols);
  for (int64_t first = 0; first < weight.rows; first += kRowsAtOnce) {
    const int64_t count = std::min(kRowsAtOnce, weight.rows - first);
    pass.ops.copy(wide.slice(0, count), weight.slice(first, count));
    use(first, wide.slice(0, count));
  }
}

/** wa (out, rank) is set to W A^T. */
void LowRank::multiply_weight(Pass& pass, Tensor wa, Tensor weight) const {
  each_wide(pass, weight, [&](int64_t first, Tensor rows) {
    ops_.gemm(wa.slice(first, rows.rows), rows, false, a_->value(), true, 1.0f, 0.0f);
  });
}

void LowRank::refresh(Pass& pass, Tensor weight) {
  if (!is_dora() || !stale_) return;
  const ArenaScope scope(pass.scratch);
  const Tensor wa = pass.scratch.take(weight.rows, spec_.rank);
  const Tensor gram = pass.scratch.take(spec_.rank, spec_.rank);
  multiply_weight(pass, wa, weight);
  ops_.gemm(gram, a_->value(), false, a_->value(), true, 1.0f, 0.0f);
  ops_.dora_gain(gain_, norm_, squares_, wa, b_->value(), gram, m_->value(), spec_.scale);
  std::vector<float> gains(static_cast<size_t>(weight.rows));
  ops_.download(gains.data(), gain_);
  outputs_tell_ = std::all_of(gains.begin(), gains.end(), [](float gain) { return std::fabs(gain) >= kTellingGain; });
  stale_ = false;
}

void LowRank::forward(Pass& pass, Tensor y, Tensor x, Saved& saved) const {
  saved.z = pass.saved.take(x.rows, spec_.rank);
  {
    const ArenaScope scope(pass.scratch);
    Tensor dropped = x;
    if (drops(pass)) {
      dropped = pass.scratch.take(x.rows, x.cols);
      ops_.dropout_forward(dropped, x, dropout(pass));
    }
    pass.product(saved.z, dropped, a_->value(), 1.0f, false);
  }
  pass.product(y, saved.z, b_->value(), spec_.scale, true);
}

void LowRank::backward(Pass& pass, Tensor dx, Tensor du, Tensor x, const Saved& saved) {
  const ArenaScope scope(pass.scratch);
  const Tensor dz = pass.scratch.take(du.rows, spec_.rank);
  ops_.gemm(dz, du, false, b_->value(), false, spec_.scale, 0.0f);
  b_->add_product(du, true, saved.z, false, spec_.scale);
  Tensor dropped = x;
  if (drops(pass)) {
    dropped = pass.scratch.take(x.rows, x.cols);
    ops_.dropout_forward(dropped, x, dropout(pass));
  }
  a_->add_product(dz, true, dropped, false, 1.0f);
  if (dx.empty()) return;
  if (!drops(pass)) {
    ops_.gemm(dx, dz, false, a_->value(), false, 1.0f, 1.0f);
    return;
  }
  ops_.gemm(dropped, dz, false, a_->value(), false, 1.0f, 0.0f);
  ops_.dropout_backward(dx, dropped, dropout(pass));
}

void LowRank::backward_magnitude(Pass& pass, Tensor dy, Tensor y, Tensor weight, const Saved& saved) {
  // u / norm = y / m, as the gain is m / norm.
  const Tensor value = saved.u.empty() ? y : saved.u;
  const Tensor length = saved.u.empty() ? m_->value() : norm_;
  if (spec_.detach_norm) return ops_.dora_magnitude_backward(m_->gradient(), dy, value, length);
  const ArenaScope scope(pass.scratch);
  const Tensor dmagnitude = pass.scratch.take(1, dy.cols);
  ops_.zero(dmagnitude);
  ops_.dora_magnitude_backward(dmagnitude, dy, value, length);
  ops_.add(m_->gradient(), dmagnitude);
  backward_norm(pass, dmagnitude, weight);
}

/** With V = W + s B A and k = -dm gain / |V| of each row: B's gradient is added s k V A^T, A's s (k B)^T V. */
void LowRank::backward_norm(Pass& pass, Tensor dmagnitude, Tensor weight) {
  const Tensor wa = pass.scratch.take(weight.rows, spec_.rank);
  const Tensor kb = pass.scratch.take(weight.rows, spec_.rank);
  const Tensor gram = pass.scratch.take(spec_.rank, spec_.rank);
  multiply_weight(pass, wa, weight);
  ops_.gemm(gram, a_->value(), false, a_->value(), true, 1.0f, 0.0f);
  ops_.dora_norm_backward(b_->gradient(), kb, dmagnitude, gain_, norm_, wa, b_->value(), gram, spec_.scale);
  each_wide(pass, weight, [&](int64_t first, Tensor rows) {
    a_->add_product(kb.slice(first, rows.rows), true, rows, false, spec_.scale);
  });
  ops_.gemm(gram, kb, true, b_->value(), false, spec_.scale, 0.0f);
  a_->add_product(gram, false, a_->value(), false, spec_.scale);
}

}  // namespace adapter_lab
