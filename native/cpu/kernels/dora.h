// The change of a row's squared norm by the low-rank update (arXiv 2603.22276): 2 s <b, w A^T> + s^2 b (A A^T) b^T.
#pragma once
#include <stdint.h>

namespace adapter_lab::ADAPTER_LAB_LEVEL {

static double dora_square_change(const float* wa, const float* b, const float* gram, int64_t gram_stride, double scale,
                                 float* scratch, int64_t r) {
#pragma omp simd
  for (int64_t i = 0; i < r; ++i) scratch[i] = 0.0f;
  for (int64_t j = 0; j < r; ++j) {
    const float factor = b[j];
    const float* row = gram + j * gram_stride;
#pragma omp simd
    for (int64_t i = 0; i < r; ++i) scratch[i] += factor * row[i];
  }
  double change = 0.0;
#pragma omp simd reduction(+ : change)
  for (int64_t i = 0; i < r; ++i)
    change += static_cast<double>(b[i]) *
              (2.0 * scale * static_cast<double>(wa[i]) + scale * scale * static_cast<double>(scratch[i]));
  return change;
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
