// Sums over a row, and over the rows of a block of columns.
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

// Columns are summed kColumns at a time, kRows rows in f32 and those sums in double.
constexpr int64_t kColumns = 64;
constexpr int64_t kRows = 32;

template <typename Term>
__attribute__((always_inline)) static inline void sum_columns(float* out, int64_t rows, int64_t cols,
                                                              const Term& term) {
  for (int64_t first = 0; first < cols; first += kColumns) {
    const int64_t width = cols - first < kColumns ? cols - first : kColumns;
    double total[kColumns] = {};
    for (int64_t row = 0; row < rows; row += kRows) {
      const int64_t end = rows - row < kRows ? rows : row + kRows;
      float part[kColumns] = {};
      for (int64_t r = row; r < end; ++r) {
#pragma omp simd
        for (int64_t c = 0; c < width; ++c) part[c] += term(r, first + c);
      }
#pragma omp simd
      for (int64_t c = 0; c < width; ++c) total[c] += static_cast<double>(part[c]);
    }
#pragma omp simd
    for (int64_t c = 0; c < width; ++c) out[first + c] += static_cast<float>(total[c]);
  }
}

static void column_sums(float* out, const float* x, int64_t stride, int64_t rows, int64_t cols) {
  sum_columns(out, rows, cols, [=](int64_t r, int64_t c) { return x[r * stride + c]; });
}

static void column_products(float* out, const float* a, int64_t a_stride, const float* b, int64_t b_stride,
                            const float* weight, int64_t rows, int64_t cols) {
  if (weight)
    sum_columns(out, rows, cols,
                [=](int64_t r, int64_t c) { return a[r * a_stride + c] * b[r * b_stride + c] * weight[r]; });
  else
    sum_columns(out, rows, cols, [=](int64_t r, int64_t c) { return a[r * a_stride + c] * b[r * b_stride + c]; });
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
