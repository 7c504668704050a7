#include "train/parameter.h"

#include <utility>

namespace adapter_lab {

Parameter::Parameter(Ops& ops, std::string name, bool vector, Tensor value, bool training)
    : ops_(ops), name_(std::move(name)), is_vector_(vector), value_(value) {
  if (!training) return;
  // Each third starts on a 64-byte boundary.
  const int64_t padded = (value.count() + 15) / 16 * 16;
  memory_ = ops.allocate(static_cast<size_t>(3 * padded) * sizeof(float), name_.c_str());
  auto* floats = static_cast<float*>(memory_.data());
  gradient_ = Tensor(floats, value.rows, value.cols);
  moment1_ = Tensor(floats + padded, value.rows, value.cols);
  moment2_ = Tensor(floats + 2 * padded, value.rows, value.cols);
  ops.zero(moment1_);
  ops.zero(moment2_);
}

Tensor Parameter::gradient() {
  if (fresh_) ops_.zero(gradient_);
  fresh_ = false;
  return gradient_;
}

void Parameter::add_product(Tensor a, bool transpose_a, Tensor b, bool transpose_b, float alpha) {
  ops_.gemm(gradient_, a, transpose_a, b, transpose_b, alpha, fresh_ ? 0.0f : 1.0f);
  fresh_ = false;
}

void Parameter::update(const AdamW& options) {
  ops_.adamw(value_, moment1_, moment2_, gradient(), options);
  fresh_ = true;
}

}  // namespace adapter_lab
