// Products with bf16 weights that are large enough for tile units, of shapes that are no whole tiles.
#include <array>

#include "row_products.h"

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
        {330, 290, 40, 1.0f, 1.0f, 0}, {420, 1700, 33, 1.0f, 0.0f, 1},
        {17, 40, 18700, 0.5f, 0.0f, 1}, {16, 33, 18432, 1.0f, 1.0f, 0}, {16, 70, 18433, 2.0f, 0.5f, 2}})
    for (const bool transpose : {true, false}) {
      const Matrix w = transpose ? bf16_weights(test, n, k) : bf16_weights(test, k, n);
      const Matrix x = test.random(m, k), c = test.random(m, n);
      const Weights weights(test, w);
      const Tensor y = beta == 0.0f ? test.output(m, n, padding) : test.update(c, padding);
      test.ops().gemm(y, test.input(x, 2 * padding), false, weights.tensor, transpose, alpha, beta);
      const Matrix expected = product(x, false, w, transpose, static_cast<double>(alpha), c, static_cast<double>(beta));
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

const Case row_products("row_product", [](Test& test) {
  for (const auto& [m, n, k] : kRowsForTiles) {
    const Matrix w = bf16_weights(test, n, k);
    expect_row_product(test, m, Weights(test, w).tensor, w);
  }
});

const Case weight_products("weight_product", [](Test& test) {
  for (const auto& [rows, cols, lines] :
       {std::array<int64_t, 3>{300, 129, 33}, {999, 70, 16}, {70, 1030, 40}, {300, 160, 33}, {16, 1056, 150}}) {
    const Matrix w = bf16_weights(test, rows, cols), x = test.random(lines, cols);
    const Weights weights(test, w);
    const Tensor y = test.output_f32(rows, lines, 1);
    test.ops().weight_product(y, weights.tensor, test.input_f32(x, 2));
    test.expect_near(y, product(w, false, x, true), "of " + std::to_string(cols));
  }
});

}  // namespace
}  // namespace adapter_lab::test
