// RMSNorm with its weight.
#pragma once
#include "core/pass.h"
#include "model/weight.h"

namespace adapter_lab {

class Norm {
 public:
  Norm() = default;
  Norm(Weight& weight, float epsilon) : weight_(&weight), epsilon_(epsilon) {}
  explicit operator bool() const { return weight_ != nullptr; }

  /** y, rstd are set. y may be x. */
  void forward(Pass& pass, Tensor y, Tensor rstd, Tensor x) const {
    pass.ops.rmsnorm_forward(y, rstd, x, weight_->value, epsilon_);
  }
  /** dx is added to; the weight's gradient too when it is trained. */
  void backward(Pass& pass, Tensor dx, Tensor dy, Tensor x, Tensor rstd) const {
    const Tensor dweight = weight_->trained ? weight_->trained->gradient() : Tensor();
    pass.ops.rmsnorm_backward(dx, dweight, dy, x, weight_->value, rstd);
  }
  bool is_trained() const { return weight_ && weight_->trained; }

 private:
  Weight* weight_ = nullptr;
  float epsilon_ = 0;
};

}  // namespace adapter_lab
