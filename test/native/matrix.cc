#include "matrix.h"

namespace adapter_lab::test {
namespace {

Matrix turned_over(const Matrix& x) {
  Matrix y(x.cols, x.rows);
  for (int64_t i = 0; i < x.rows; ++i)
    for (int64_t j = 0; j < x.cols; ++j) y(j, i) = x(i, j);
  return y;
}

/** y += x row, of `count` values: most of the time of the tests of products, which sanitizers would treble. */
__attribute__((no_sanitize("address", "undefined"))) void add_row(double* y, double x, const double* row,
                                                                  int64_t count) {
  for (int64_t j = 0; j < count; ++j) y[j] += x * row[j];
}

}  // namespace

Matrix product(const Matrix& a, bool transpose_a, const Matrix& b, bool transpose_b, double alpha, const Matrix& c,
               double beta) {
  if (transpose_b) return product(a, transpose_a, turned_over(b), false, alpha, c, beta);
  const int64_t depth = transpose_a ? a.rows : a.cols;
  Matrix y(transpose_a ? a.cols : a.rows, b.cols);
  for (int64_t i = 0; i < y.rows; ++i) {
    double* const row = y.values.data() + i * y.cols;
    for (int64_t p = 0; p < depth; ++p)
      add_row(row, alpha * (transpose_a ? a(p, i) : a(i, p)), b.values.data() + p * b.cols, b.cols);
    if (beta != 0.0) add_row(row, beta, c.values.data() + i * c.cols, c.cols);
  }
  return y;
}

}  // namespace adapter_lab::test
