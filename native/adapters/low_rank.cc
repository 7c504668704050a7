#include "adapters/low_rank.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "adapters/principal_pair.h"
#include "core/error.h"
#include "core/random.h"

namespace adapter_lab {
namespace {

// VeRA's W A^T is kept in training where it is so many times smaller than W.
constexpr int64_t kKeptProduct = 2;

int64_t padded(int64_t count) { return (count + 15) / 16 * 16; }

/** Floats of what a module holds itself: a pair or vectors, and the magnitude with three more rows. */
int64_t own_floats(const LowRankSpec& spec, int64_t in, int64_t out) {
  const int64_t pair = padded(spec.rank * in) + padded(out * spec.rank);
  const int64_t vectors = padded(spec.rank) + padded(out);
  const int64_t triplets = pair + padded(spec.rank);
  const int64_t update = spec.kind == LowRankKind::kVera      ? vectors
                         : spec.kind == LowRankKind::kAdalora ? triplets
                                                              : pair;
  return (spec.principal ? 2 : 1) * update + 4 * padded(out);
}

}  // namespace

/** Cuts tensors out of one allocation, each on a 64-byte boundary. */
class LowRank::Memory {
 public:
  explicit Memory(void* data) : next_(static_cast<float*>(data)) {}
  Tensor cut(int64_t rows, int64_t cols) {
    Tensor tensor(next_, rows, cols);
    next_ += padded(rows * cols);
    return tensor;
  }

 private:
  float* next_;
};

LowRank::LowRank(Ops& ops, const LowRankSpec& spec, Tensor weight, const LowRankStart& start)
    : ops_(ops), spec_(spec), stream_(start.stream) {
  const auto floats = static_cast<size_t>(own_floats(spec, weight.cols, weight.rows));
  memory_ = ops.allocate(floats * sizeof(float), spec.name.c_str());
  Memory memory(memory_.data());
  // Before PiSSA takes its part: the magnitude is the whole weight's.
  if (spec.magnitude) make_magnitude(memory, weight, start.training);
  if (!has_update()) return;
  if (spec.kind == LowRankKind::kVera)
    make_vectors(memory, weight, start);
  else if (spec.kind == LowRankKind::kAdalora)
    make_triplets(memory, weight, start);
  else
    make_trained_pair(memory, weight, start);
}

void LowRank::make_trained_pair(Memory& memory, Tensor weight, const LowRankStart& start) {
  a_value_ = memory.cut(spec_.rank, weight.cols);
  b_value_ = memory.cut(weight.rows, spec_.rank);
  if (spec_.principal) {
    take_principal_part(memory, weight, start.principal);
  } else {
    Random random(start.seed, stream_);
    const InitialPair pair = initial_pair(spec_.initial, spec_.rank, weight.cols, weight.rows, random);
    ops_.upload(a_value_, pair.a.data(), DType::f32);
    ops_.upload(b_value_, pair.b.data(), DType::f32);
  }
  a_ = std::make_unique<Parameter>(ops_, spec_.name + ".lora_A.weight", false, a_value_, start.training);
  b_ = std::make_unique<Parameter>(ops_, spec_.name + ".lora_B.weight", false, b_value_, start.training);
}

/** A and B become the principal part of the weight, which keeps the rest. */
void LowRank::take_principal_part(Memory& memory, Tensor weight, const InitialPair* known) {
  a_start_ = memory.cut(spec_.rank, weight.cols);
  b_start_ = memory.cut(weight.rows, spec_.rank);
  if (known) {
    const auto floats = [](Tensor x) { return static_cast<size_t>(x.count()); };
    if (known->a.size() != floats(a_start_) || known->b.size() != floats(b_start_))
      throw Error("tensor-shape", spec_.name);
    ops_.upload(a_start_, known->a.data(), DType::f32);
    ops_.upload(b_start_, known->b.data(), DType::f32);
  } else {
    principal_pair(ops_, a_start_, b_start_, weight, spec_.scale, stream_);
  }
  ops_.copy(a_value_, a_start_);
  ops_.copy(b_value_, b_start_);
  ops_.gemm(weight, b_start_, false, a_start_, false, -spec_.scale, 1.0f);
  if (spec_.magnitude) ops_.row_squares(squares_, weight);
}

void LowRank::make_triplets(Memory& memory, Tensor weight, const LowRankStart& start) {
  constexpr float kDeviation = 0.02f;
  a_value_ = memory.cut(spec_.rank, weight.cols);
  b_value_ = memory.cut(weight.rows, spec_.rank);
  const Tensor c = memory.cut(1, spec_.rank);
  Random random(start.seed, stream_);
  ops_.upload(a_value_, normal_values(a_value_.count(), kDeviation, random).data(), DType::f32);
  ops_.upload(b_value_, normal_values(b_value_.count(), kDeviation, random).data(), DType::f32);
  ops_.zero(c);
  a_ = std::make_unique<Parameter>(ops_, spec_.name + ".lora_A", false, a_value_, start.training);
  b_ = std::make_unique<Parameter>(ops_, spec_.name + ".lora_B", false, b_value_, start.training);
  inner_ = std::make_unique<Parameter>(ops_, spec_.name + ".lora_E", false, c, start.training);
  if (!start.training) return;
  for (Parameter* parameter : {a_.get(), inner_.get(), b_.get()}) importances_.emplace_back(ops_, *parameter);
}

void LowRank::make_vectors(Memory& memory, Tensor weight, const LowRankStart& start) {
  projection_ = start.projection;
  a_value_ = projection_->a().columns(0, weight.cols);
  b_value_ = projection_->b().slice(0, weight.rows);
  if (spec_.magnitude && start.training && kKeptProduct * spec_.rank <= weight.cols) {
    product_memory_ = ops_.allocate(static_cast<size_t>(weight.rows * spec_.rank) * sizeof(float), spec_.name.c_str());
    product_ = Tensor(product_memory_.data(), weight.rows, spec_.rank);
  }
  const Tensor b = memory.cut(1, weight.rows);
  const Tensor c = memory.cut(1, spec_.rank);
  ops_.zero(b);
  ops_.upload(c, std::vector<float>(static_cast<size_t>(spec_.rank), start.initial_d).data(), DType::f32);
  outer_ = std::make_unique<Parameter>(ops_, spec_.name + ".vera_lambda_b", true, b, start.training);
  inner_ = std::make_unique<Parameter>(ops_, spec_.name + ".vera_lambda_d", true, c, start.training);
}

void LowRank::make_magnitude(Memory& memory, Tensor weight, bool training) {
  const Tensor m = memory.cut(1, weight.rows);
  squares_ = memory.cut(1, weight.rows);
  norm_ = memory.cut(1, weight.rows);
  gain_ = memory.cut(1, weight.rows);
  ops_.row_squares(squares_, weight);
  std::vector<float> norms(static_cast<size_t>(weight.rows));
  ops_.download(norms.data(), squares_);
  for (float& norm : norms) norm = std::sqrt(norm);
  ops_.upload(m, norms.data(), DType::f32);
  m_ = std::make_unique<Parameter>(ops_, spec_.name + ".lora_magnitude_vector", true, m, training);
}

std::vector<Parameter*> LowRank::parameters() const {
  std::vector<Parameter*> all;
  for (Parameter* parameter : {a_.get(), b_.get(), outer_.get(), inner_.get(), m_.get()})
    if (parameter) all.push_back(parameter);
  return all;
}

/** Calls use(first, rows) with W's rows as f32 numbers: all at once,
 *  or some at a time where they have to be widened. */
template <class Use>
void each_wide(Pass& pass, Tensor weight, Use use) {
  if (weight.dtype == DType::f32) return use(0, weight);
  constexpr int64_t kRowsAtOnce = 256;
  const ArenaScope scope(pass.scratch);
  const Tensor wide = pass.scratch.take_f32(std::min(kRowsAtOnce, weight.rows), weight.cols);
  for (int64_t first = 0; first < weight.rows; first += kRowsAtOnce) {
    const int64_t count = std::min(kRowsAtOnce, weight.rows - first);
    pass.ops.copy(wide.slice(0, count), weight.slice(first, count));
    use(first, wide.slice(0, count));
  }
}

/** W A^T (out, rank): computed once where it is kept, else in scratch. */
Tensor LowRank::weight_product(Pass& pass, Tensor weight) {
  if (product_.empty()) {
    const Tensor wa = pass.scratch.take_f32(weight.rows, spec_.rank);
    ops_.weight_product(wa, weight, a_value_);
    return wa;
  }
  if (product_version_ != projection_->version()) ops_.weight_product(product_, weight, a_value_);
  product_version_ = projection_->version();
  return product_;
}

/** A A^T (rank, rank): VeRA's, which nobody may change, or in scratch. */
Tensor LowRank::gram(Pass& pass) {
  if (projection_) return projection_->gram(a_value_.cols);
  const Tensor gram = pass.scratch.take_f32(spec_.rank, spec_.rank);
  ops_.gemm(gram, a_value_, false, a_value_, true, 1.0f, 0.0f);
  return gram;
}

/** x diag(c), in scratch; x (N, rank) itself without c. */
Tensor LowRank::by_inner(Arena& scratch, Tensor x) const {
  if (!inner_) return x;
  const Tensor y = scratch.take(x.rows, x.cols, x.dtype);
  ops_.scale_columns(y, x, inner_->value(), false);
  return y;
}

/** Rows [first, first + count) of B' = diag(b) B diag(c), in scratch; of B itself where there is neither. */
Tensor LowRank::effective_b(Arena& scratch, int64_t first, int64_t count) const {
  const Tensor inside = by_inner(scratch, b_value_.slice(first, count));
  if (!outer_) return inside;
  const Tensor y = inner_ ? inside : scratch.take_f32(count, spec_.rank);
  ops_.scale_rows(y, inside, outer_->value().columns(first, count));
  return y;
}

void LowRank::update_gain(Pass& pass, Tensor weight) {
  const ArenaScope scope(pass.scratch);
  if (!has_update()) {
    const Tensor nothing = pass.scratch.take_f32(weight.rows, 1);
    ops_.zero(nothing);
    return ops_.dora_gain(gain_, norm_, squares_, nothing, nothing, nothing.slice(0, 1), m_->value(), spec_.scale);
  }
  const Tensor wa = weight_product(pass, weight);
  const Tensor square = gram(pass);
  const Tensor b = effective_b(pass.scratch, 0, weight.rows);
  ops_.dora_gain(gain_, norm_, squares_, wa, b, square, m_->value(), spec_.scale);
}

void LowRank::update_rows(Arena& scratch, Tensor delta, int64_t first) const {
  if (!has_update()) return ops_.zero(delta);
  const ArenaScope scope(scratch);
  ops_.gemm(delta, effective_b(scratch, first, delta.rows), false, a_value_, false, spec_.scale, 0.0f);
  if (!spec_.principal) return;
  ops_.gemm(delta, b_start_.slice(first, delta.rows), false, a_start_, false, -spec_.scale, 1.0f);
}

Tensor LowRank::start_of(const std::string& parameter) const {
  if (!spec_.principal) return Tensor();
  if (parameter == a_->name()) return a_start_;
  return parameter == b_->name() ? b_start_ : Tensor();
}

void LowRank::original_rows(Tensor w0, Tensor weight, int64_t first) const {
  ops_.copy(w0, weight.slice(first, w0.rows));
  ops_.gemm(w0, b_start_.slice(first, w0.rows), false, a_start_, false, spec_.scale, 1.0f);
}

/** diag(c) A d(x) (N, rank), in scratch or saved.z. */
Tensor LowRank::inside(Pass& pass, Tensor x, Saved& saved) const {
  saved.z = pass.saved.take(x.rows, spec_.rank);
  {
    const ArenaScope scope(pass.scratch);
    Tensor dropped = x;
    if (drops(pass)) {
      dropped = pass.scratch.take(x.rows, x.cols);
      ops_.dropout_forward(dropped, x, dropout(pass));
    }
    pass.product(saved.z, dropped, a_value_, 1.0f, false);
  }
  return by_inner(pass.scratch, saved.z);
}

void LowRank::forward(Pass& pass, Tensor y, Tensor x, Saved& saved) const {
  if (!has_update()) return;
  const ArenaScope scope(pass.scratch);
  const Tensor z = inside(pass, x, saved);
  if (!outer_) return pass.product(y, z, b_value_, spec_.scale, true);
  if (!pass.row_by_row) return ops_.scaled_product(y, {}, z, b_value_, outer_->value(), spec_.scale, true);
  const Tensor change = pass.scratch.take(y.rows, y.cols);
  pass.product(change, z, b_value_, spec_.scale, false);
  ops_.scale_columns(y, change, outer_->value(), true);
}

void LowRank::forward_dora(Pass& pass, Tensor y, Tensor u, Tensor x, bool accumulate, Saved& saved) const {
  // One product both adds and scales, unless the sum itself is wanted or a row may not depend on those beside it.
  if (has_update() && !outer_ && saved.u.empty() && !pass.row_by_row) {
    const ArenaScope scope(pass.scratch);
    const Tensor z = inside(pass, x, saved);
    return ops_.scaled_product(y, u, z, b_value_, gain_, spec_.scale, accumulate);
  }
  forward(pass, u, x, saved);
  ops_.scale_columns(y, u, gain_, accumulate);
}

void LowRank::backward(Pass& pass, Tensor dx, Tensor du, Tensor x, const Saved& saved) {
  if (!has_update()) return;
  const ArenaScope scope(pass.scratch);
  const Tensor dz = pass.scratch.take(du.rows, spec_.rank);
  {
    const ArenaScope inner_scope(pass.scratch);
    const Tensor inside = by_inner(pass.scratch, saved.z);
    const Tensor dchange = backward_outer(pass, du, inside);
    ops_.gemm(dz, dchange, false, b_value_, false, spec_.scale, 0.0f);
    if (b_) b_->add_product(dchange, true, inside, false, spec_.scale);
  }
  if (inner_) {
    ops_.scale_columns_backward(inner_->gradient(), dz, saved.z);
    ops_.scale_columns(dz, dz, inner_->value(), false);
  }
  backward_input(pass, dx, dz, x);
}

/** The gradient of b, whose factors are computed again, and du diag(b), in scratch; du itself without b. */
Tensor LowRank::backward_outer(Pass& pass, Tensor du, Tensor inside) {
  if (!outer_) return du;
  const Tensor change = pass.scratch.take(du.rows, du.cols);
  pass.product(change, inside, b_value_, spec_.scale, false);
  ops_.scale_columns_backward(outer_->gradient(), du, change);
  ops_.scale_columns(change, du, outer_->value(), false);
  return change;
}

/** The gradient of A, and dx through A; dz (N, rank). */
void LowRank::backward_input(Pass& pass, Tensor dx, Tensor dz, Tensor x) {
  Tensor dropped = x;
  if (drops(pass)) {
    dropped = pass.scratch.take(dz.rows, a_value_.cols);
    if (a_) ops_.dropout_forward(dropped, x, dropout(pass));
  }
  if (a_) a_->add_product(dz, true, dropped, false, 1.0f);
  if (dx.empty()) return;
  if (!drops(pass)) {
    ops_.gemm(dx, dz, false, a_value_, false, 1.0f, 1.0f);
    return;
  }
  ops_.gemm(dropped, dz, false, a_value_, false, 1.0f, 0.0f);
  ops_.dropout_backward(dx, dropped, dropout(pass));
}

void LowRank::backward_dora(Pass& pass, Tensor du, Tensor dy, Tensor y, Tensor before, Tensor weight,
                            const Saved& saved) {
  const auto pass_back = [&](Tensor dmagnitude) {
    // u / norm = y / m, as the gain is m / norm.
    if (saved.u.empty()) return ops_.dora_backward(du, dmagnitude, dy, y, before, m_->value(), gain_);
    ops_.dora_backward(du, dmagnitude, dy, saved.u, {}, norm_, gain_);
  };
  if (spec_.detach_norm || !has_update()) return pass_back(m_->gradient());
  const ArenaScope scope(pass.scratch);
  const Tensor dmagnitude = pass.scratch.take_f32(1, dy.cols);
  ops_.zero(dmagnitude);
  pass_back(dmagnitude);
  ops_.add(m_->gradient(), dmagnitude);
  backward_norm(pass, dmagnitude, weight);
}

/** With V = W + s B' A and k = -dm gain / |V| of each row: the gradient of B' is added s k V A^T, A's s (k B')^T V. */
void LowRank::backward_norm(Pass& pass, Tensor dmagnitude, Tensor weight) {
  const bool is_plain = !inner_ && !outer_;
  const Tensor wa = weight_product(pass, weight);
  const Tensor kb = pass.scratch.take_f32(weight.rows, spec_.rank);
  const Tensor square = gram(pass);
  const Tensor b = effective_b(pass.scratch, 0, weight.rows);
  const Tensor db = is_plain ? b_->gradient() : pass.scratch.take_f32(weight.rows, spec_.rank);
  if (!is_plain) ops_.zero(db);
  ops_.dora_norm_backward(db, kb, dmagnitude, gain_, norm_, wa, b, square, spec_.scale);
  if (a_) {
    each_wide(pass, weight, [&](int64_t first, Tensor rows) {
      a_->add_product(kb.slice(first, rows.rows), true, rows, false, spec_.scale);
    });
    ops_.gemm(square, kb, true, b, false, spec_.scale, 0.0f);
    a_->add_product(square, false, a_value_, false, spec_.scale);
  }
  if (!is_plain) backward_effective_b(pass.scratch, db);
}

/** The gradients of b, c and B from that of B' = diag(b) B diag(c), whose memory is used. */
void LowRank::backward_effective_b(Arena& scratch, Tensor db) {
  if (outer_) {
    ops_.scale_rows_backward(outer_->gradient(), db, by_inner(scratch, b_value_));
    ops_.scale_rows(db, db, outer_->value());
  }
  if (inner_) {
    ops_.scale_columns_backward(inner_->gradient(), db, b_value_);
    ops_.scale_columns(db, db, inner_->value(), false);
  }
  if (b_) ops_.add(b_->gradient(), db);
}

}  // namespace adapter_lab
