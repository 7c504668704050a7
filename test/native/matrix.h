// A matrix of doubles on the host: inputs and expected values of the tests.
#pragma once
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

namespace adapter_lab::test {

struct Matrix {
  Matrix() = default;
  Matrix(int64_t rows, int64_t cols) : rows(rows), cols(cols), values(static_cast<size_t>(rows * cols)) {}

  double& operator()(int64_t row, int64_t col) { return values[static_cast<size_t>(row * cols + col)]; }
  double operator()(int64_t row, int64_t col) const { return values[static_cast<size_t>(row * cols + col)]; }

  double largest() const {
    double most = 0.0;
    for (const double value : values) most = std::fmax(most, std::fabs(value));
    return most;
  }

  int64_t rows = 0;
  int64_t cols = 0;
  std::vector<double> values;
};

inline double inner(const Matrix& a, const Matrix& b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.values.size(); ++i) sum += a.values[i] * b.values[i];
  return sum;
}

/** alpha a b + beta c, of a and b turned over where that is said. */
Matrix product(const Matrix& a, bool transpose_a, const Matrix& b, bool transpose_b, double alpha = 1.0,
               const Matrix& c = {}, double beta = 0.0);

/** The gradient of `loss` with respect to x by central differences. */
inline Matrix difference_gradient(Matrix& x, const std::function<double()>& loss) {
  Matrix gradient(x.rows, x.cols);
  for (size_t i = 0; i < x.values.size(); ++i) {
    const double kept = x.values[i];
    const double step = 1e-5 * std::fmax(1.0, std::fabs(kept));
    x.values[i] = kept + step;
    const double above = loss();
    x.values[i] = kept - step;
    const double below = loss();
    x.values[i] = kept;
    gradient.values[i] = (above - below) / (2.0 * step);
  }
  return gradient;
}

}  // namespace adapter_lab::test
