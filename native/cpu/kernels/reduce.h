// Sums over a row, and over a few rows of each column.
#pragma once
#include <stdint.h>

namespace adapter_lab::ADAPTER_LAB_LEVEL {

static float dot(const float* a, const float* b, int64_t n) {
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

static double sum_of_squares(const float* x, int64_t n) {
  double sum = 0.0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  return sum;
}

/** sums (cols) is set to the sum of term(row, col) over all rows. */
template <typename Term>
__attribute__((always_inline)) static inline void sum_columns(float* sums, int64_t rows, int64_t cols,
                                                              const Term& term) {
  for (int64_t row = 0; row < rows; ++row) {
#pragma omp simd
    for (int64_t col = 0; col < cols; ++col) sums[col] = (row > 0 ? sums[col] : 0.0f) + term(row, col);
  }
}

static void column_sums(float* sums, const float* x, int64_t stride, int64_t rows, int64_t cols) {
  sum_columns(sums, rows, cols, [=](int64_t r, int64_t c) { return x[r * stride + c]; });
}

static void column_products(float* sums, const float* a, int64_t a_stride, const float* b, int64_t b_stride,
                            const float* weight, int64_t rows, int64_t cols) {
  if (weight)
    sum_columns(sums, rows, cols,
                [=](int64_t r, int64_t c) { return a[r * a_stride + c] * b[r * b_stride + c] * weight[r]; });
  else
    sum_columns(sums, rows, cols, [=](int64_t r, int64_t c) { return a[r * a_stride + c] * b[r * b_stride + c]; });
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
