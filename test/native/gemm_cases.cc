// Matrix products of all four kinds, odd and adapter-like shapes.
#include "harness.h"

namespace adapter_lab::test {
namespace {

struct Product {
  int64_t m, n, k;
  bool transpose_a, transpose_b;
  float alpha, beta;
  int64_t padding;
};

Matrix multiply(const Matrix& a, const Matrix& b, const Matrix& c, const Product& of) {
  return product(a, of.transpose_a, b, of.transpose_b, static_cast<double>(of.alpha), c, static_cast<double>(of.beta));
}

void check(Test& test, const Product& product) {
  const auto [m, n, k, transpose_a, transpose_b, alpha, beta, padding] = product;
  const Matrix a = transpose_a ? test.random(k, m) : test.random(m, k);
  const Matrix b = transpose_b ? test.random(n, k) : test.random(k, n);
  const Matrix c = test.random(m, n);
  const Tensor y = beta == 0.0f ? test.output(m, n, padding) : test.update(c, padding);
  test.ops().gemm(y, test.input(a, 2 * padding), transpose_a, test.input(b, 3 * padding), transpose_b, alpha, beta);
  const std::string kind = std::string(transpose_a ? "T" : "N") + (transpose_b ? "T" : "N");
  test.expect_near(y, multiply(a, b, c, product), kind + " k " + std::to_string(k));
}

const Case gemm_shapes("gemm", [](Test& test) {
  for (const bool transpose_a : {false, true})
    for (const bool transpose_b : {false, true}) {
      check(test, {1, 1, 1, transpose_a, transpose_b, 1.0f, 0.0f, 0});
      check(test, {1, 1000, 33, transpose_a, transpose_b, 2.0f, 0.0f, 3});
      check(test, {3, 777, 130, transpose_a, transpose_b, 1.0f, 1.0f, 0});
      check(test, {33, 7, 1000, transpose_a, transpose_b, 1.0f, 1.0f, 0});
      check(test, {283, 32, 576, transpose_a, transpose_b, 0.5f, 0.0f, 1});
      check(test, {283, 576, 32, transpose_a, transpose_b, 2.0f, 1.0f, 0});
      check(test, {331, 385, 65, transpose_a, transpose_b, 1.0f, 0.5f, 5});
      check(test, {1153, 400, 9, transpose_a, transpose_b, -1.0f, 1.0f, 0});
      check(test, {101, 205, 700, transpose_a, transpose_b, 1.0f, 1.0f, 0});
      check(test, {37, 205, 150, transpose_a, transpose_b, 1.0f, 0.0f, 7});
    }
});

const Case gemm_tiles("gemm", [](Test& test) {
  // As a GPU cuts them: many large tiles; few rows, few columns or both beside a long k.
  check(test, {1100, 1000, 9, false, true, 1.0f, 0.0f, 0});
  check(test, {1100, 1000, 5, true, false, 0.5f, 1.0f, 1});
  check(test, {8070, 40, 72, false, true, 1.0f, 1.0f, 0});
  check(test, {12, 300, 1111, true, false, 1.0f, 1.0f, 0});
  check(test, {300, 12, 1111, false, true, 2.0f, 0.0f, 3});
  check(test, {9, 17, 3001, true, false, 1.0f, 0.5f, 1});
  check(test, {70, 65, 1030, false, false, 1.0f, 1.0f, 0});
  check(test, {5, 600, 300, false, true, 1.0f, 1.0f, 2});
});

const Case gemm_of_types("gemm", [](Test& test) {
  // Gradients of parameters are f32, and so are logits.
  const Matrix a = test.random(70, 40), b = test.random(70, 50), c = test.random(40, 50);
  const Product product{40, 50, 70, true, false, 2.0f, 1.0f, 0};
  const Tensor gradient = test.update_f32(c);
  test.ops().gemm(gradient, test.input(a), true, test.input(b), false, 2.0f, 1.0f);
  test.expect_near(gradient, multiply(a, b, c, product), "a gradient of activations");
  const Tensor activations = test.update(c);
  test.ops().gemm(activations, test.input_f32(a), true, test.input_f32(b), false, 2.0f, 1.0f);
  test.expect_near(activations, multiply(a, b, c, product), "activations of f32");
});

const Case gemm_of_columns("gemm", [](Test& test) {
  // A view of columns: what is beside it stays as it was.
  const Matrix a = test.random(50, 40);
  const Matrix b = test.random(600, 40);
  Matrix wide = test.random(50, 700);
  const Tensor y = test.update(wide);
  test.ops().gemm(y.columns(64, 600), test.input(a), false, test.input(b), true, 1.0f, 1.0f);
  const Matrix product = multiply(a, b, Matrix(), {50, 600, 40, false, true, 1.0f, 0.0f, 0});
  for (int64_t i = 0; i < 50; ++i)
    for (int64_t j = 0; j < 600; ++j) wide(i, 64 + j) += product(i, j);
  test.expect_near(y, wide, "columns");
});

}  // namespace
}  // namespace adapter_lab::test
