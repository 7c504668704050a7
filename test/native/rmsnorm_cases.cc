// RMSNorm: rows of zeros, outliers and tiny rows among ordinary ones.
#include "harness.h"

namespace adapter_lab::test {
namespace {

constexpr double kEpsilon = 1e-5;
constexpr float kEpsilonFloat = 1e-5f;

double rstd_of(const Matrix& x, int64_t n) {
  double sum = 0.0;
  for (int64_t c = 0; c < x.cols; ++c) sum += x(n, c) * x(n, c);
  return 1.0 / std::sqrt(sum / static_cast<double>(x.cols) + kEpsilon);
}

Matrix rstd_of(const Matrix& x) {
  Matrix rstd(x.rows, 1);
  for (int64_t n = 0; n < x.rows; ++n) rstd(n, 0) = rstd_of(x, n);
  return rstd;
}

Matrix normalise(const Matrix& x, const Matrix& weight) {
  Matrix y(x.rows, x.cols);
  for (int64_t n = 0; n < x.rows; ++n)
    for (int64_t c = 0; c < x.cols; ++c) y(n, c) = x(n, c) * rstd_of(x, n) * weight(0, c);
  return y;
}

/** Rows of ordinary size, one of zeros, one with an outlier a thousand times the rest, one tiny. */
Matrix hard_rows(Test& test, int64_t rows, int64_t cols) {
  Matrix x = test.random(rows, cols);
  if (rows < 4) return x;
  for (int64_t c = 0; c < cols; ++c) x(1, c) = 0.0;
  x(2, cols / 2) = 1000.0;
  for (int64_t c = 0; c < cols; ++c) x(3, c) = test.representable(x(3, c) * 1e-4);
  return x;
}

const Case rmsnorm_forward("rmsnorm_forward", [](Test& test) {
  for (const auto& [rows, cols] :
       {std::pair<int64_t, int64_t>{1, 1}, {5, 33}, {7, 1000}, {130, 576}, {2, 4100}, {2, 8200}}) {
    const Matrix x = hard_rows(test, rows, cols);
    const Matrix weight = test.random(1, cols);
    const Tensor y = test.output(rows, cols, 3);
    const Tensor rstd = test.output_f32(rows, 1);
    test.ops().rmsnorm_forward(y, rstd, test.input(x, 1), test.input_f32(weight), kEpsilonFloat);
    test.expect_near(y, normalise(x, weight), "y");
    test.expect_near(rstd, rstd_of(x), "rstd");
    const Tensor in_place = test.update(x);
    test.ops().rmsnorm_forward(in_place, rstd, in_place, test.input_f32(weight), kEpsilonFloat);
    test.expect_near(in_place, normalise(x, weight), "y in place of x");
  }
});

struct Gradients {
  Matrix dx, dweight;
};

Gradients backward(const Matrix& dy, const Matrix& x, const Matrix& weight) {
  Gradients gradients{Matrix(x.rows, x.cols), Matrix(1, x.cols)};
  for (int64_t n = 0; n < x.rows; ++n) {
    const double rstd = rstd_of(x, n);
    double along = 0.0;
    for (int64_t c = 0; c < x.cols; ++c) along += dy(n, c) * weight(0, c) * x(n, c);
    along *= rstd * rstd / static_cast<double>(x.cols);
    for (int64_t c = 0; c < x.cols; ++c) {
      gradients.dx(n, c) = rstd * (dy(n, c) * weight(0, c) - x(n, c) * along);
      gradients.dweight(0, c) += dy(n, c) * x(n, c) * rstd;
    }
  }
  return gradients;
}

const Case rmsnorm_reference("rmsnorm_backward", [](Test& test) {
  Matrix x = test.random(3, 17);
  Matrix weight = test.random(1, 17);
  const Matrix dy = test.random(3, 17);
  const auto loss = [&] { return inner(dy, normalise(x, weight)); };
  const Gradients gradients = backward(dy, x, weight);
  test.expect_near(gradients.dx, difference_gradient(x, loss), "the reference's dx", 1e-6);
  test.expect_near(gradients.dweight, difference_gradient(weight, loss), "the reference's dweight", 1e-6);
});

const Case rmsnorm_backward("rmsnorm_backward", [](Test& test) {
  for (const auto& [rows, cols] :
       {std::pair<int64_t, int64_t>{1, 1}, {1, 33}, {33, 1000}, {130, 576}, {1, 4100}, {1, 8200}}) {
    Matrix x = test.random(rows, cols);
    if (rows > 2) x(2, cols / 2) = 1000.0;
    const Matrix weight = test.random(1, cols);
    const Matrix dy = test.random(rows, cols);
    Matrix dx_before = test.random(rows, cols);
    Matrix dweight_before = test.random(1, cols);
    const Tensor dx = test.update(dx_before, 1);
    const Tensor dweight = test.update_f32(dweight_before);
    const Tensor x_in = test.input(x, 2);
    const Tensor dy_in = test.input(dy);
    const Tensor weight_in = test.input_f32(weight);
    const Tensor rstd = test.input_f32(rstd_of(x));
    test.ops().rmsnorm_backward(dx, dweight, dy_in, x_in, weight_in, rstd);
    test.ops().rmsnorm_backward(dx, Tensor(), dy_in, x_in, weight_in, rstd);
    const Gradients gradients = backward(dy, x, weight);
    for (size_t i = 0; i < dx_before.values.size(); ++i) dx_before.values[i] += 2.0 * gradients.dx.values[i];
    for (size_t i = 0; i < dweight_before.values.size(); ++i) dweight_before.values[i] += gradients.dweight.values[i];
    test.expect_near(dx, dx_before, "dx, added twice");
    test.expect_near(dweight, dweight_before, "dweight, added once");
  }
});

}  // namespace
}  // namespace adapter_lab::test
