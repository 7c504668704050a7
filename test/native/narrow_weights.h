// Weights that are kept in fewer bits: what an operation gives for them is, bit for bit,
// what it gives for the same numbers in f32.
#pragma once
#include <array>
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

/** Rows and columns of a weight, lines of what it is multiplied with. The CPU widens 256 rows at a time. */
constexpr std::array<std::array<int64_t, 3>, 7> kWeightProducts = {
    {{1, 1, 1}, {9, 31, 2}, {101, 48, 16}, {300, 129, 33}, {301, 128, 33}, {70, 1030, 5}, {40, 72, 65}}};

/** y = w x^T, by f32's tolerance whatever activations are; loosened as `Test::expect_near`. */
template <class Weights>
void expect_weight_product(Test& test, const Weights& weights, int64_t lines, double loosening = 1.0) {
  const Matrix w = test.read(weights.wide);
  Matrix x = test.random(lines, w.cols);
  for (double& value : x.values) value = static_cast<double>(static_cast<float>(value / 3.0));
  const Matrix expected = product(w, false, x, true);
  const Tensor y = test.output_f32(w.rows, lines, 1), lines_of_x = test.input_f32(x, 2);
  test.ops().weight_product(y, weights.narrow, lines_of_x);
  test.expect_near(y, expected, "weight_product", loosening);
  const Tensor of_wide = test.output_f32(w.rows, lines);
  test.ops().weight_product(of_wide, weights.wide, lines_of_x);
  test.expect_near(of_wide, expected, "weight_product of f32");
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
