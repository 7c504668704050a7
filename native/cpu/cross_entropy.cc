// The loss of each row of logits and its gradient in their place; sums and logarithms in double.
#include <cmath>

#include "cpu/cpu_ops.h"

namespace adapter_lab {

void CpuOps::cross_entropy(Tensor losses, Tensor logits, const int32_t* targets, float scale) {
  const int64_t n = logits.cols;
  for_rows(logits.rows, 3 * n, [&](int64_t row) {
    float* x = logits.row(row);
    const int32_t target = targets[row];
    if (target < 0) {
      *losses.row(row) = 0.0f;
      std::fill_n(x, n, 0.0f);
      return;
    }
    const double target_logit = static_cast<double>(x[target]);
    const float most = kernels_.row_max(x, n);
    const double sum = kernels_.exp_row(x, x, 1.0f, most, n);
    *losses.row(row) = static_cast<float>(std::log(sum) + static_cast<double>(most) - target_logit);
    kernels_.scale(x, static_cast<float>(static_cast<double>(scale) / sum), n);
    x[target] -= scale;
  });
}

void CpuOps::cross_entropy_loss(Tensor losses, Tensor logits, const int32_t* targets) {
  const int64_t n = logits.cols;
  for_rows(logits.rows, 2 * n, [&](int64_t row) {
    const float* x = logits.row(row);
    const int32_t target = targets[row];
    if (target < 0) {
      *losses.row(row) = 0.0f;
      return;
    }
    const float most = kernels_.row_max(x, n);
    const double sum = kernels_.exp_sum(x, most, n);
    *losses.row(row) = static_cast<float>(std::log(sum) + static_cast<double>(most) - static_cast<double>(x[target]));
  });
}

}  // namespace adapter_lab
