// DoRA: the change of a row's squared norm by the low-rank update (arXiv 2603.22276), 2 s <b, w A^T> +
// s^2 <b, b (A A^T)>, and the gradients before the gain and of the magnitudes, by one pass.
#pragma once
#include <stdint.h>

#include "cpu/kernels/kernels.h"
#include "cpu/kernels/reduce.h"

namespace adapter_lab::ADAPTER_LAB_LEVEL {

static double dora_square_change(const float* wa, const float* b, const float* b_gram, double scale, int64_t r) {
  double change = 0.0;
#pragma omp simd reduction(+ : change)
  for (int64_t i = 0; i < r; ++i)
    change += static_cast<double>(b[i]) *
              (2.0 * scale * static_cast<double>(wa[i]) + scale * scale * static_cast<double>(b_gram[i]));
  return change;
}

static void dora_backward(DoraBackward x) {
  const auto scaled = [x](int64_t row, int64_t col) {
    const float gradient = x.dy[row * x.dy_stride + col];
    x.du[row * x.du_stride + col] = gradient * x.gain[col];
    return gradient;
  };
  if (x.before)
    sum_columns(x.sums, x.rows, x.cols, [=](int64_t row, int64_t col) {
      return scaled(row, col) * (x.u[row * x.u_stride + col] - x.before[row * x.before_stride + col]);
    });
  else
    sum_columns(x.sums, x.rows, x.cols,
                [=](int64_t row, int64_t col) { return scaled(row, col) * x.u[row * x.u_stride + col]; });
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
