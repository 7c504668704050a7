// The change of a row's squared norm by the low-rank update (arXiv 2603.22276): 2 s <b, w A^T> + s^2 <b, b (A A^T)>.
#pragma once
#include <stdint.h>

namespace adapter_lab::ADAPTER_LAB_LEVEL {

static double dora_square_change(const float* wa, const float* b, const float* b_gram, double scale, int64_t r) {
  double change = 0.0;
#pragma omp simd reduction(+ : change)
  for (int64_t i = 0; i < r; ++i)
    change += static_cast<double>(b[i]) *
              (2.0 * scale * static_cast<double>(wa[i]) + scale * scale * static_cast<double>(b_gram[i]));
  return change;
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
