// Products by rows: odd sizes, every remainder of a tile, and the same bits for a row wherever and beside whatever it
// stands.
#include "harness.h"

namespace adapter_lab::test {
namespace {

struct Setting {
  int64_t m, n, k;
};

constexpr Setting kSettings[] = {{1, 1, 1},    {2, 3, 5},      {3, 8, 16},    {7, 9, 31},   {4, 52, 32},
                                 {5, 101, 48}, {100, 33, 129}, {6, 17, 1537}, {64, 577, 96}, {200, 40, 800}};

Matrix product(const Matrix& x, const Matrix& w, double alpha) {
  Matrix y(x.rows, w.rows);
  for (int64_t n = 0; n < x.rows; ++n)
    for (int64_t m = 0; m < w.rows; ++m) {
      double sum = 0.0;
      for (int64_t k = 0; k < x.cols; ++k) sum += x(n, k) * w(m, k);
      y(n, m) = alpha * sum;
    }
  return y;
}

const Case values("row_product", [](Test& test) {
  for (const auto& [m, n, k] : kSettings) {
    const Matrix x = test.random(m, k);
    const Matrix w = test.random(n, k);
    const Tensor set = test.output(m, n, 3);
    test.ops().row_product(set, test.input(x, 2), test.input(w, 1), 0.5f, false);
    test.expect_near(set, product(x, w, 0.5), "y is set");
    const Matrix before = test.random(m, n);
    Matrix after = product(x, w, -2.0);
    for (size_t i = 0; i < after.values.size(); ++i) after.values[i] += before.values[i];
    const Tensor added = test.update(before, 1);
    test.ops().row_product(added, test.input(x), test.input(w), -2.0f, true);
    test.expect_near(added, after, "y is added to");
  }
});

const Case alone("row_product", [](Test& test) {
  for (const auto& [m, n, k] : kSettings) {
    const Tensor x = test.input(test.random(m, k), 5);
    const Tensor w = test.input(test.random(n, k));
    const Tensor together = test.output(m, n);
    test.ops().row_product(together, x, w, 1.0f, false);
    const Matrix expected = test.read(together);
    for (int64_t first = 0, count = 1; first < m; first += count, count = std::min(count + 1, m - first)) {
      const Tensor part = test.output(count, n, 1);
      test.ops().row_product(part, x.slice(first, count), w, 1.0f, false);
      const Matrix got = test.read(part);
      for (int64_t row = 0; row < count; ++row)
        for (int64_t col = 0; col < n; ++col)
          test.expect(got(row, col) == expected(first + row, col), "a row has other bits among other rows");
    }
  }
});

const Case no_rows("row_product", [](Test& test) {
  const Tensor w = test.input(test.random(3, 8));
  test.ops().row_product(test.output(0, 3), test.input(Matrix(0, 8)), w, 1.0f, false);
});

}  // namespace
}  // namespace adapter_lab::test
