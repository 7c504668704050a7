// AdaLoRA's importance against the equations in double.
#include <array>

#include "harness.h"

namespace adapter_lab::test {
namespace {

const Case importance("importance", [](Test& test) {
  for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{1, 1}, {1, 33}, {130, 577}}) {
    Matrix average(rows, cols), spread(rows, cols);
    const Tensor sensitivity = test.update_f32(average);
    const Tensor uncertainty = test.update_f32(spread);
    const Smoothing options{0.85f, 0.7f, 0.5f};
    for (int step = 0; step < 3; ++step) {
      const Matrix parameter = test.random(rows, cols);
      const Matrix gradient = test.random(rows, cols);
      test.ops().importance(sensitivity, uncertainty, test.input_f32(parameter), test.input_f32(gradient), options);
      for (size_t i = 0; i < average.values.size(); ++i) {
        const double now = std::fabs(parameter.values[i] * gradient.values[i] * 0.5);
        average.values[i] = 0.85 * average.values[i] + 0.15 * now;
        spread.values[i] = 0.7 * spread.values[i] + 0.3 * std::fabs(now - average.values[i]);
      }
    }
    test.expect_near(sensitivity, average, "sensitivity");
    test.expect_near(uncertainty, spread, "uncertainty");
  }
});

const Case importance_means("importance_means", [](Test& test) {
  for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{1, 1}, {33, 65}, {7, 1000}}) {
    const Matrix a = test.random(rows, cols), b = test.random(rows, cols);
    for (const bool of_columns : {false, true}) {
      const int64_t count = of_columns ? cols : rows;
      Matrix expected(1, count), got(1, count);
      for (int64_t row = 0; row < rows; ++row)
        for (int64_t col = 0; col < cols; ++col)
          expected(0, of_columns ? col : row) +=
              a(row, col) * b(row, col) / static_cast<double>(of_columns ? rows : cols);
      test.ops().importance_means(got.values.data(), test.input_f32(a, 3), test.input_f32(b, 1), of_columns);
      test.expect_near(got, expected, "means", 1e-12);
    }
  }
});

}  // namespace
}  // namespace adapter_lab::test
