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
  const Tensor of_narrow = test.update_f32(Matrix(rows, cols), 1);
  const Tensor of_wide = test.update_f32(Matrix(rows, cols), 1);
  run(of_narrow, weights.narrow);
  run(of_wide, weights.wide);
  test.expect(test.read(of_narrow).values == test.read(of_wide).values, what + " differs from that of f32");
}

/** Those of row_changes as two rows, -1 where a row has none. */
inline Matrix changes_of_rows(Test& test, Tensor w, Tensor delta) {
  std::vector<double> magnitudes(static_cast<size_t>(w.rows)), directions(magnitudes.size());
  test.ops().row_changes(magnitudes.data(), directions.data(), w, delta, Tensor());
  Matrix changes(2, w.rows);
  for (int64_t n = 0; n < w.rows; ++n) {
    changes(0, n) = magnitudes[static_cast<size_t>(n)];
    const double direction = directions[static_cast<size_t>(n)];
    changes(1, n) = std::isnan(direction) ? -1.0 : direction;
  }
  return changes;
}

}  // namespace adapter_lab::test
