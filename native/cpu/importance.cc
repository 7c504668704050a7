// AdaLoRA's importance of a parameter (arXiv 2303.10512 eq. 8 to 11), and its means over rows or columns.
#include <algorithm>
#include <cmath>

#include "cpu/cpu_ops.h"

namespace adapter_lab {

void CpuOps::importance(Tensor sensitivity, Tensor uncertainty, Tensor parameter, Tensor gradient, Smoothing options) {
  const float beta1 = options.sensitivity;
  const float beta2 = options.uncertainty;
  // As Python computes 1 - beta before it becomes f32.
  const auto rest1 = static_cast<float>(1.0 - static_cast<double>(beta1));
  const auto rest2 = static_cast<float>(1.0 - static_cast<double>(beta2));
  for_ranges(parameter.count(), kChunkFloats, [&](int64_t first, int64_t count) {
    for (int64_t i = first; i < first + count; ++i) {
      const float now = std::fabs(parameter.f32()[i] * (gradient.f32()[i] * options.gradient_scale));
      float& average = sensitivity.f32()[i];
      float& spread = uncertainty.f32()[i];
      average = beta1 * average + rest1 * now;
      spread = beta2 * spread + rest2 * std::fabs(now - average);
    }
  });
}

void CpuOps::importance_means(double* means, Tensor sensitivity, Tensor uncertainty, bool of_columns) {
  const int64_t rows = sensitivity.rows;
  const int64_t cols = sensitivity.cols;
  if (of_columns) {
    std::fill_n(means, cols, 0.0);
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t col = 0; col < cols; ++col)
        means[col] += static_cast<double>(sensitivity.row(row)[col]) * uncertainty.row(row)[col];
    for (int64_t col = 0; col < cols; ++col) means[col] /= static_cast<double>(rows);
    return;
  }
  for_rows(rows, cols, [&](int64_t row) {
    double sum = 0.0;
    for (int64_t col = 0; col < cols; ++col)
      sum += static_cast<double>(sensitivity.row(row)[col]) * uncertainty.row(row)[col];
    means[row] = sum / static_cast<double>(cols);
  });
}

}  // namespace adapter_lab
