// AdaLoRA's importance of one parameter (arXiv 2303.10512 eq. 8 to 11): how much the loss moved with each value lately,
// and how much that varied.
#pragma once
#include <vector>

#include "train/parameter.h"

namespace adapter_lab {

class Importance {
 public:
  Importance(Ops& ops, Parameter& parameter);

  /** To be called after the parameter's update and before its next gradient: as PEFT's loop, the new value with the
   *  gradient that led to it. */
  void measure(Smoothing smoothing);
  /** The mean importance of each row, or of each column. */
  std::vector<double> means(bool of_columns) const;
  const Parameter& parameter() const { return parameter_; }
  Tensor sensitivity() const { return sensitivity_; }
  Tensor uncertainty() const { return uncertainty_; }
  size_t size_bytes() const { return memory_.size_bytes(); }

 private:
  Ops& ops_;
  Parameter& parameter_;
  Buffer memory_;
  Tensor sensitivity_;
  Tensor uncertainty_;
};

}  // namespace adapter_lab
