// A linear module: base weight, optional bias, optional low-rank adapter.
//   y = g (W x + s B' A d(x)) + bias, g = m / |W + s B' A| for DoRA, 1 otherwise; B' as adapters/low_rank.h has it.
// Dropout d acts on the low-rank path alone (PEFT drops DoRA's base term too: equal in expectation,
// at the price of a second base product).
#pragma once
#include <memory>
#include <string>

#include "adapters/low_rank.h"
#include "model/weight.h"

namespace adapter_lab {

class Linear {
 public:
  Linear() = default;
  Linear(Weight& weight, Weight* bias) : weight_(&weight), bias_(bias) {}

  void adapt(std::unique_ptr<LowRank> adapter) { adapter_ = std::move(adapter); }
  LowRank* adapter() const { return adapter_.get(); }
  Weight& weight() const { return *weight_; }
  int64_t in() const { return weight_->value.cols; }
  int64_t out() const { return weight_->value.rows; }
  bool is_trained() const { return adapter_ || weight_->trained || (bias_ && bias_->trained); }
  /** Whether backward reads x. */
  bool needs_input() const { return (adapter_ && adapter_->needs_input()) || weight_->trained; }

  /** y (N, out) is set, or added to; x (N, in). */
  void forward(Pass& pass, Tensor y, Tensor x, bool accumulate, LowRank::Saved& saved) const;
  /** dx (N, in) is set, or added to, skipped when empty; dy (N, out) is left alone; x as in forward; y (N, out), what
   *  forward set, or added to `before` (N, out), where needs_output says so. */
  void backward(Pass& pass, Tensor dx, bool accumulate, Tensor dy, Tensor x, const LowRank::Saved& saved,
                Tensor y = {}, Tensor before = {}) const;
  /** Whether backward reads y. */
  bool needs_output(const LowRank::Saved& saved) const { return adapter_ && adapter_->is_dora() && saved.u.empty(); }

 private:
  void forward_dora(Pass& pass, Tensor y, Tensor x, bool accumulate, LowRank::Saved& saved) const;

  Weight* weight_ = nullptr;
  Weight* bias_ = nullptr;
  std::unique_ptr<LowRank> adapter_;
};

}  // namespace adapter_lab
