// Slope diagnostics against long double.
#include "harness.h"

namespace adapter_lab::test {
namespace {

struct Changes {
  double magnitude, direction;
};

/** In long double, by the definition. */
Changes change_of(const Matrix& w0, const Matrix& delta, const Matrix* magnitude, int64_t n) {
  long double dot = 0, square0 = 0, square1 = 0;
  for (int64_t c = 0; c < w0.cols; ++c) {
    const long double before = w0(n, c);
    const long double after = before + static_cast<long double>(delta(n, c));
    dot += before * after;
    square0 += before * before;
    square1 += after * after;
  }
  const long double norm0 = std::sqrt(square0);
  const long double norm1 = std::sqrt(square1);
  const long double m = magnitude ? static_cast<long double>((*magnitude)(0, n)) : norm1;
  const long double cosine = dot / (norm0 * norm1) * (m < 0 ? -1 : 1);
  return {static_cast<double>(std::fabs(std::fabs(m) - norm0)), static_cast<double>(1 - cosine)};
}

const Case row_changes("row_changes", [](Test& test) {
  for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{1, 2}, {33, 65}, {40, 1000}})
    for (const double size : {1.0, 1e-3})
      for (const bool with_magnitude : {false, true}) {
        const Matrix w0 = test.random(rows, cols);
        const Matrix delta = test.random(rows, cols, size);
        const Matrix magnitude = test.random(1, rows, 3.0);
        std::vector<double> change_m(static_cast<size_t>(rows));
        std::vector<double> change_d(static_cast<size_t>(rows));
        test.ops().row_changes(change_m.data(), change_d.data(), test.input_f32(w0, 1), test.input_f32(delta, 2),
                               with_magnitude ? test.input_f32(magnitude) : Tensor());
        for (int64_t n = 0; n < rows; ++n) {
          const Changes expected = change_of(w0, delta, with_magnitude ? &magnitude : nullptr, n);
          const auto at = static_cast<size_t>(n);
          test.expect(std::fabs(change_m[at] - expected.magnitude) < 1e-12, "change of magnitude");
          test.expect(std::fabs(change_d[at] - expected.direction) < 1e-15 + 1e-11 * expected.direction,
                      "change of direction");
        }
      }
});

const Case zero_rows("row_changes", [](Test& test) {
  Matrix w0 = test.random(3, 20);
  Matrix delta = test.random(3, 20);
  for (int64_t c = 0; c < 20; ++c) {
    w0(0, c) = 0.0;
    delta(1, c) = -w0(1, c);
    delta(2, c) = 0.0;
  }
  double change_m[3];
  double change_d[3];
  test.ops().row_changes(change_m, change_d, test.input_f32(w0), test.input_f32(delta), Tensor());
  test.expect(std::isnan(change_d[0]) && std::isnan(change_d[1]), "a row without length has a direction");
  test.expect_equal(change_m[2], 0.0, "a row that did not change: magnitude");
  test.expect(change_d[2] < 1e-30, "a row that did not change: direction");
  Matrix magnitude = test.random(1, 3);
  magnitude(0, 2) = 0.0;
  test.ops().row_changes(change_m, change_d, test.input_f32(w0), test.input_f32(delta), test.input_f32(magnitude));
  test.expect(std::isnan(change_d[0]) && std::isnan(change_d[1]) && std::isnan(change_d[2]),
              "a row whose magnitude is 0 has a direction");
});

}  // namespace
}  // namespace adapter_lab::test
