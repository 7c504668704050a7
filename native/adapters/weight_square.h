// W W^T or W^T W of a weight, whichever is the smaller, as something that rows are multiplied by: M (n, n). Rows of the
// weight's shorter side are (count, n), those of the longer one (count, m).
#pragma once
#include <cstdint>
#include <vector>

#include "core/buffer.h"
#include "ops/ops.h"

namespace adapter_lab {

class WeightSquare {
 public:
  /** weight (out, in), f32; `most` rows at once. */
  WeightSquare(Ops& ops, Tensor weight, int64_t most);

  int64_t shorter() const { return by_columns_ ? weight_.cols : weight_.rows; }
  int64_t longer() const { return by_columns_ ? weight_.rows : weight_.cols; }
  /** Whether the shorter side is that of the inputs. */
  bool by_columns() const { return by_columns_; }

  /** Whether M, in f32, is there: products go by it. Otherwise by W twice. */
  bool is_formed() const { return static_cast<bool>(formed_memory_); }
  /** The mean of the formed M's eigenvalues. */
  double mean() const { return mean_; }
  /** Products go by W from now on: small eigenvalues keep their digits. */
  void forget() { formed_memory_ = Buffer(); }

  /** Products go by M - shift from now on. */
  void set_shift(double shift);
  double shift() const { return shift_; }
  /** y (count, n) becomes factor x (M - shift) + before y. */
  void multiply(Tensor y, Tensor x, double factor, double before);
  /** y (count, m) is set: x (count, n) on the longer side. */
  void lengthen(Tensor y, Tensor x) { ops_.gemm(y, x, false, weight_, by_columns_, 1.0f, 0.0f); }

 private:
  void form();

  Ops& ops_;
  Tensor weight_;
  bool by_columns_;
  double shift_ = 0.0;
  double mean_ = 0.0;
  Buffer memory_;
  Tensor long_;  // (most, m)
  Tensor gain_;  // (1, n)
  Buffer formed_memory_;
  Tensor formed_;             // (n, n): M - shift
  std::vector<float> square_;  // M, in host memory
};

}  // namespace adapter_lab
