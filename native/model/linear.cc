#include "model/linear.h"

namespace adapter_lab {

void Linear::forward(Pass& pass, Tensor y, Tensor x, bool accumulate, LowRank::Saved& saved) const {
  if (adapter_ && adapter_->is_dora()) {
    forward_dora(pass, y, x, accumulate, saved);
  } else {
    pass.product(y, x, weight_->value, 1.0f, accumulate);
    if (adapter_) adapter_->forward(pass, y, x, saved);
  }
  if (bias_) pass.ops.add_bias(y, bias_->value);
}

void Linear::forward_dora(Pass& pass, Tensor y, Tensor x, bool accumulate, LowRank::Saved& saved) const {
  // What the output tells is not kept: it would be as large as all that LoRA keeps.
  const bool is_kept = pass.keep && (bias_ || !adapter_->outputs_tell());
  saved.u = is_kept ? pass.saved.take(x.rows, out()) : Tensor();
  const ArenaScope scope(pass.scratch);
  const Tensor u = is_kept ? saved.u : accumulate ? pass.scratch.take(x.rows, out()) : y;
  pass.product(u, x, weight_->value, 1.0f, false);
  adapter_->forward_dora(pass, y, u, x, accumulate, saved);
}

void Linear::backward(Pass& pass, Tensor dx, bool accumulate, Tensor dy, Tensor x, const LowRank::Saved& saved,
                      Tensor y, Tensor before) const {
  Ops& ops = pass.ops;
  const ArenaScope scope(pass.scratch);
  if (bias_ && bias_->trained) ops.bias_backward(bias_->trained->gradient(), dy);
  Tensor du = dy;
  if (adapter_ && adapter_->is_dora()) {
    du = pass.scratch.take(dy.rows, dy.cols);
    adapter_->backward_dora(pass, du, dy, y, before, weight_->value, saved);
  }
  if (weight_->trained) weight_->trained->add_product(du, true, x, false, 1.0f);
  if (!dx.empty()) ops.gemm(dx, du, false, weight_->value, false, 1.0f, accumulate ? 1.0f : 0.0f);
  if (adapter_) adapter_->backward(pass, dx, du, x, saved);
}

}  // namespace adapter_lab
