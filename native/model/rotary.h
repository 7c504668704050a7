// Cosine and sine tables of the rotary embedding, grown to the longest text seen.
#pragma once
#include <vector>

#include "ops/ops.h"

namespace adapter_lab {

class Rotary {
 public:
  Rotary(Ops& ops, std::vector<float> inverse_frequencies)
      : ops_(ops), inverse_frequencies_(std::move(inverse_frequencies)) {}
  void reserve(int64_t positions);
  /** (positions, head_dim / 2) */
  Tensor cosine() const { return cosine_; }
  Tensor sine() const { return sine_; }

 private:
  Ops& ops_;
  std::vector<float> inverse_frequencies_;
  Buffer memory_;
  Tensor cosine_;
  Tensor sine_;
};

}  // namespace adapter_lab
