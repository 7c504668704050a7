// A trained tensor with its gradient and AdamW moments.
#pragma once
#include <string>

#include "ops/ops.h"

namespace adapter_lab {

class Parameter {
 public:
  /** `value` stays owned by the caller. Without `training` neither gradient nor moments exist. */
  Parameter(Ops& ops, std::string name, bool vector, Tensor value, bool training);

  const std::string& name() const { return name_; }
  /** One-dimensional on disk. */
  bool is_vector() const { return is_vector_; }
  Tensor value() const { return value_; }
  bool has_states() const { return static_cast<bool>(memory_); }
  size_t state_bytes() const { return memory_.size_bytes(); }
  Tensor moment1() const { return moment1_; }
  Tensor moment2() const { return moment2_; }

  /** The gradient, zeroed first if nothing was added since the last update. */
  Tensor gradient();
  /** gradient += alpha op(a) op(b); the first product after an update overwrites. */
  void add_product(Tensor a, bool transpose_a, Tensor b, bool transpose_b, float alpha);
  double gradient_squares() { return ops_.sum_of_squares(gradient()); }
  void update(const AdamW& options);

 private:
  Ops& ops_;
  std::string name_;
  bool is_vector_;
  bool fresh_ = true;
  Tensor value_;
  Buffer memory_;
  Tensor gradient_;
  Tensor moment1_;
  Tensor moment2_;
};

}  // namespace adapter_lab
