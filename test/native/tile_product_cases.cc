// Products with bf16 weights that are large enough for tile units, of shapes that are no whole tiles.
#include <algorithm>
#include <array>

#include "harness.h"

namespace adapter_lab::test {
namespace {

/** Weights that bf16 holds exactly, uniform in [-1, 1). */
Matrix bf16_weights(Test& test, int64_t rows, int64_t cols) {
  Matrix w(rows, cols);
  for (double& value : w.values) value = static_cast<double>(test.random_below(256) - 128) / 128.0;
  return w;
}

struct Weights {
  Weights(Test& test, const Matrix& w)
      : memory(test.ops().allocate(w.values.size() * 2, "weights")),
        tensor(memory.data(), w.rows, w.cols, DType::bf16) {
    std::vector<uint16_t> bits;
    for (const double value : w.values)
      bits.push_back(static_cast<uint16_t>(__builtin_bit_cast(uint32_t, static_cast<float>(value)) >> 16));
    test.ops().upload(tensor, bits.data(), DType::bf16);
  }
  Buffer memory;
  Tensor tensor;
};

struct Product {
  int64_t m, n, k;
  float alpha, beta;
  int64_t padding;
};

const Case products("gemm", [](Test& test) {
  for (const auto& [m, n, k, alpha, beta, padding] :
       {Product{64, 128, 129, 1.0f, 0.0f, 0}, {64, 128, 160, 1.0f, 1.0f, 0}, {97, 65, 200, 2.0f, 1.0f, 3},
        {33, 97, 700, 1.0f, 0.0f, 1}, {290, 333, 33, 1.0f, 0.5f, 0}, {17, 2200, 40, 1.0f, 1.0f, 2},
        {16, 31, 2500, -1.0f, 1.0f, 0}, {40, 40, 4200, 1.0f, 0.5f, 0}, {20, 1500, 1700, 1.0f, 0.0f, 0},
        {330, 290, 40, 1.0f, 1.0f, 0}, {420, 1700, 33, 1.0f, 0.0f, 1}})
    for (const bool transpose : {true, false}) {
      const Matrix w = transpose ? bf16_weights(test, n, k) : bf16_weights(test, k, n);
      const Matrix x = test.random(m, k), c = test.random(m, n);
      Matrix expected(m, n);
      for (int64_t i = 0; i < m; ++i)
        for (int64_t j = 0; j < n; ++j) {
          for (int64_t p = 0; p < k; ++p) expected(i, j) += x(i, p) * (transpose ? w(j, p) : w(p, j));
          expected(i, j) = static_cast<double>(alpha) * expected(i, j) + static_cast<double>(beta) * c(i, j);
        }
      const Weights weights(test, w);
      const Tensor y = beta == 0.0f ? test.output(m, n, padding) : test.update(c, padding);
      test.ops().gemm(y, test.input(x, 2 * padding), false, weights.tensor, transpose, alpha, beta);
      test.expect_near(y, expected, (transpose ? "x w^T, k " : "x w, k ") + std::to_string(k));
    }
});

const Case all_bits("gemm", [](Test& test) {
  // Every bit of an f32 counts: the weights pick one number each.
  const int64_t m = 128, k = 96;
  const Matrix x = test.random(m, k);
  Matrix w(k, k);
  for (int64_t i = 0; i < k; ++i) w(i, i) = 1.0;
  const Weights weights(test, w);
  const Tensor y = test.output(m, k);
  test.ops().gemm(y, test.input(x), false, weights.tensor, true, 1.0f, 0.0f);
  test.expect(test.read(y).values == x.values, "a product with ones differs from what it was multiplied with");
});

/** Rows of x, rows of w and depth: every number of w's tiles in a chunk, one pack of x, pairs, and a pack alone behind
 * pairs, rows of w that are no tile, and more rows of x than are packed at a time. */
constexpr std::array<std::array<int64_t, 3>, 7> kRowProducts = {
    {{1, 576, 64}, {16, 127, 160}, {17, 256, 96}, {33, 112, 192}, {64, 144, 1536}, {48, 33, 512}, {150, 87, 224}}};

const Case row_products("row_product", [](Test& test) {
  for (const auto& [m, n, k] : kRowProducts)
    for (const bool accumulate : {false, true}) {
      const Matrix w = bf16_weights(test, n, k), x = test.random(m, k), before = test.random(m, n);
      Matrix expected(m, n);
      for (int64_t i = 0; i < m; ++i)
        for (int64_t j = 0; j < n; ++j) {
          for (int64_t p = 0; p < k; ++p) expected(i, j) -= 2.0 * x(i, p) * w(j, p);
          if (accumulate) expected(i, j) += before(i, j);
        }
      const Weights weights(test, w);
      const Tensor y = accumulate ? test.update(before, 3) : test.output(m, n, 3);
      test.ops().row_product(y, test.input(x, 5), weights.tensor, -2.0f, accumulate);
      test.expect_near(y, expected, "x w^T by rows, k " + std::to_string(k));
    }
});

const Case rows_alone("row_product", [](Test& test) {
  for (const auto& [m, n, k] : kRowProducts) {
    const Weights weights(test, bf16_weights(test, n, k));
    const Tensor x = test.input(test.random(m, k));
    const Tensor together = test.output(m, n);
    test.ops().row_product(together, x, weights.tensor, 1.0f, false);
    const Matrix expected = test.read(together);
    for (int64_t first = 0, count = 1; first < m; first += count, count = std::min(2 * count + 1, m - first)) {
      const Tensor part = test.output(count, n, 1);
      test.ops().row_product(part, x.slice(first, count), weights.tensor, 1.0f, false);
      const Matrix got = test.read(part);
      for (int64_t row = 0; row < count; ++row)
        for (int64_t col = 0; col < n; ++col)
          test.expect(got(row, col) == expected(first + row, col), "a row has other bits among other rows");
    }
  }
});

const Case weight_products("weight_product", [](Test& test) {
  for (const auto& [rows, cols, lines] : {std::array<int64_t, 3>{300, 129, 33}, {999, 70, 16}, {70, 1030, 40}}) {
    const Matrix w = bf16_weights(test, rows, cols), x = test.random(lines, cols);
    Matrix expected(rows, lines);
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < lines; ++j)
        for (int64_t p = 0; p < cols; ++p) expected(i, j) += w(i, p) * x(j, p);
    const Weights weights(test, w);
    const Tensor y = test.output_f32(rows, lines, 1);
    test.ops().weight_product(y, weights.tensor, test.input_f32(x, 2));
    test.expect_near(y, expected, "of " + std::to_string(cols));
  }
});

}  // namespace
}  // namespace adapter_lab::test
