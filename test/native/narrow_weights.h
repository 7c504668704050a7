// Weights that are kept in fewer bits: what an operation gives for them is, bit for bit, what it gives for the same numbers in
// f32.
#pragma once
#include <functional>
#include <string>

#include "harness.h"

namespace adapter_lab::test {

/** `Weights` has the same numbers twice: `narrow`, and `wide` in f32. y (rows, cols) is what `run` sets or adds to. */
template <class Weights>
void expect_same(Test& test, int64_t rows, int64_t cols, const Weights& weights, const std::string& what,
                 const std::function<void(Tensor y, Tensor w)>& run) {
  const Tensor of_narrow = test.update(Matrix(rows, cols), 1);
  const Tensor of_wide = test.update(Matrix(rows, cols), 1);
  run(of_narrow, weights.narrow);
  run(of_wide, weights.wide);
  test.expect(test.read(of_narrow).values == test.read(of_wide).values, what + " differs from that of f32");
}

}  // namespace adapter_lab::test
