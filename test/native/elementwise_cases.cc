// SwiGLU, sums, biases and gains, of columns and of rows.
#include "harness.h"

namespace adapter_lab::test {
namespace {

constexpr std::pair<int64_t, int64_t> kSizes[] = {{1, 1}, {1, 33}, {7, 1000}, {130, 577}};

double silu(double x) { return x / (1.0 + std::exp(-x)); }

Matrix combine(const Matrix& a, const Matrix& b, double (*f)(double, double)) {
  Matrix y(a.rows, a.cols);
  for (int64_t n = 0; n < a.rows; ++n)
    for (int64_t c = 0; c < a.cols; ++c) y(n, c) = f(a(n, c), b(b.rows == 1 ? 0 : n, c));
  return y;
}

Matrix swiglu(const Matrix& gate, const Matrix& up) {
  return combine(gate, up, [](double g, double u) { return silu(g) * u; });
}

/** With gates from deep in silu's tails among them. */
Matrix hard_gate(Test& test, int64_t rows, int64_t cols) {
  Matrix gate = test.random(rows, cols, 4.0);
  const double tails[] = {0.0, -20.0, 20.0, -87.5, 87.5, -200.0, 200.0};
  if (cols > 30)
    for (int64_t i = 0; i < 7; ++i) gate(0, 3 * i) = tails[i];
  return gate;
}

const Case swiglu_forward("swiglu_forward", [](Test& test) {
  for (const auto& [rows, cols] : kSizes)
    for (const int64_t padding : {0, 3}) {
      const Matrix gate = hard_gate(test, rows, cols);
      const Matrix up = test.random(rows, cols);
      const Tensor y = test.output(rows, cols, padding);
      test.ops().swiglu_forward(y, test.input(gate, padding), test.input(up));
      // Rounding to bf16 alone is up to a quarter of its tolerance.
      test.expect_near(y, swiglu(gate, up), "y", y.dtype == DType::bf16 ? 0.25 : 0.1);
    }
});

struct Gradients {
  Matrix dgate, dup;
};

Gradients swiglu_gradients(const Matrix& dy, const Matrix& gate, const Matrix& up) {
  Gradients gradients{Matrix(dy.rows, dy.cols), Matrix(dy.rows, dy.cols)};
  for (size_t i = 0; i < dy.values.size(); ++i) {
    const double g = gate.values[i];
    const double sigmoid = 1.0 / (1.0 + std::exp(-g));
    gradients.dgate.values[i] = dy.values[i] * up.values[i] * sigmoid * (1.0 + g * (1.0 - sigmoid));
    gradients.dup.values[i] = dy.values[i] * g * sigmoid;
  }
  return gradients;
}

const Case swiglu_backward("swiglu_backward", [](Test& test) {
  for (const auto& [rows, cols] : kSizes) {
    Matrix gate = hard_gate(test, rows, cols);
    Matrix up = test.random(rows, cols);
    const Matrix dy = test.random(rows, cols);
    const Gradients expected = swiglu_gradients(dy, gate, up);
    if (rows * cols < 100) {
      const auto loss = [&] { return inner(dy, swiglu(gate, up)); };
      test.expect_near(expected.dgate, difference_gradient(gate, loss), "the reference's dgate", 1e-6);
      test.expect_near(expected.dup, difference_gradient(up, loss), "the reference's dup", 1e-6);
    }
    const Tensor gate_in = test.input(gate, 1);
    const Tensor up_in = test.input(up);
    const Tensor dgate = test.output(rows, cols, 2);
    const Tensor dup = test.output(rows, cols);
    test.ops().swiglu_backward(dgate, dup, test.input(dy), gate_in, up_in);
    test.expect_near(dgate, expected.dgate, "dgate");
    test.expect_near(dup, expected.dup, "dup");
    const Tensor over_up = test.update(dy);
    test.ops().swiglu_backward(dgate, over_up, over_up, gate_in, up_in);
    test.expect_near(over_up, expected.dup, "dup in place of dy");
    const Tensor over_gate = test.update(dy);
    test.ops().swiglu_backward(over_gate, dup, over_gate, gate_in, up_in);
    test.expect_near(over_gate, expected.dgate, "dgate in place of dy");
  }
});

const Case add("add", [](Test& test) {
  for (const auto& [rows, cols] : kSizes)
    for (const int64_t padding : {0, 3}) {
      const Matrix x = test.random(rows, cols);
      const Matrix before = test.random(rows, cols);
      const Tensor y = test.update(before, padding);
      test.ops().add(y, test.input(x));
      test.expect_near(y, combine(before, x, [](double a, double b) { return a + b; }), "y");
    }
});

const Case add_bias("add_bias", [](Test& test) {
  for (const auto& [rows, cols] : kSizes) {
    const Matrix bias = test.random(1, cols);
    const Matrix before = test.random(rows, cols);
    const Tensor y = test.update(before, 1);
    test.ops().add_bias(y, test.input_f32(bias));
    test.expect_near(y, combine(before, bias, [](double a, double b) { return a + b; }), "y");
  }
});

const Case bias_backward("bias_backward", [](Test& test) {
  for (const auto& [rows, cols] : kSizes) {
    const Matrix dy = test.random(rows, cols);
    Matrix expected = test.random(1, cols);
    const Tensor dbias = test.update_f32(expected);
    test.ops().bias_backward(dbias, test.input(dy, 2));
    for (int64_t n = 0; n < rows; ++n)
      for (int64_t c = 0; c < cols; ++c) expected(0, c) += dy(n, c);
    test.expect_near(dbias, expected, "dbias");
  }
});

const Case scale_columns("scale_columns", [](Test& test) {
  for (const auto& [rows, cols] : kSizes) {
    const Matrix x = test.random(rows, cols);
    const Matrix gain = test.random(1, cols);
    const Matrix before = test.random(rows, cols);
    const Matrix product = combine(x, gain, [](double a, double b) { return a * b; });
    const Tensor gain_in = test.input_f32(gain);
    const Tensor set = test.output(rows, cols, 2);
    test.ops().scale_columns(set, test.input(x), gain_in, false);
    test.expect_near(set, product, "set");
    const Tensor in_place = test.update(x);
    test.ops().scale_columns(in_place, in_place, gain_in, false);
    test.expect_near(in_place, product, "in place of x");
    const Tensor added = test.update(before, 1);
    test.ops().scale_columns(added, test.input(x, 3), gain_in, true);
    test.expect_near(added, combine(before, product, [](double a, double b) { return a + b; }), "added to");
  }
});

Matrix turned(const Matrix& x) {
  Matrix y(x.cols, x.rows);
  for (int64_t n = 0; n < x.rows; ++n)
    for (int64_t c = 0; c < x.cols; ++c) y(c, n) = x(n, c);
  return y;
}

double product(double a, double b) { return a * b; }

/** The gradient of the sum of dy x gain by column, held against finite differences where it is small. */
Matrix gain_gradient(Test& test, const Matrix& dy, const Matrix& x) {
  Matrix gain = test.random(1, dy.cols);
  Matrix gradient(1, dy.cols);
  for (int64_t n = 0; n < dy.rows; ++n)
    for (int64_t c = 0; c < dy.cols; ++c) gradient(0, c) += dy(n, c) * x(n, c);
  const auto loss = [&] { return inner(dy, combine(x, gain, product)); };
  if (dy.rows * dy.cols < 100) test.expect_near(gradient, difference_gradient(gain, loss), "the reference", 1e-6);
  return gradient;
}

const Case scale_columns_backward("scale_columns_backward", [](Test& test) {
  for (const auto& [rows, cols] : kSizes) {
    const Matrix dy = test.random(rows, cols), x = test.random(rows, cols), before = test.random(1, cols);
    const Tensor dgain = test.update_f32(before);
    test.ops().scale_columns_backward(dgain, test.input(dy, 1), test.input(x, 2));
    const Matrix gradient = gain_gradient(test, dy, x);
    test.expect_near(dgain, combine(before, gradient, [](double a, double b) { return a + b; }), "dgain");
  }
});

const Case scale_rows("scale_rows", [](Test& test) {
  for (const auto& [rows, cols] : kSizes) {
    const Matrix x = test.random(rows, cols), gain = test.random(1, rows);
    const Matrix expected = turned(combine(turned(x), gain, product));
    const Tensor gain_in = test.input_f32(gain);
    const Tensor set = test.output(rows, cols, 2);
    test.ops().scale_rows(set, test.input(x, 1), gain_in);
    test.expect_near(set, expected, "set");
    const Tensor in_place = test.update(x, 3);
    test.ops().scale_rows(in_place, in_place, gain_in);
    test.expect_near(in_place, expected, "in place of x");
  }
});

const Case scale_rows_backward("scale_rows_backward", [](Test& test) {
  for (const auto& [rows, cols] : kSizes) {
    const Matrix dy = test.random(rows, cols), x = test.random(rows, cols), before = test.random(1, rows);
    const Tensor dgain = test.update_f32(before);
    test.ops().scale_rows_backward(dgain, test.input(dy, 1), test.input(x, 2));
    const Matrix gradient = gain_gradient(test, turned(dy), turned(x));
    test.expect_near(dgain, combine(before, gradient, [](double a, double b) { return a + b; }), "dgain");
  }
});

}  // namespace
}  // namespace adapter_lab::test
