// Slope diagnostics (arXiv 2402.09353 eq. 3 and 4): how far each row moved in magnitude and in direction.
#include <cmath>
#include <limits>

#include "cpu/cpu_ops.h"

namespace adapter_lab {

void CpuOps::row_changes(double* change_m, double* change_d, Tensor w0, Tensor delta, Tensor magnitude) {
  for_rows(w0.rows, 4 * w0.cols, [&](int64_t row) {
    const float* before = wide_rows(w0.slice(row, 1)).f32();
    double norm0 = 0.0;
    double norm1 = 0.0;
    kernels_.row_norms(&norm0, &norm1, before, delta.row(row), w0.cols);
    const double signed_norm = magnitude.empty() ? norm1 : static_cast<double>(magnitude.f32()[row]);
    change_m[row] = std::abs(std::abs(signed_norm) - norm0);
    if (norm0 == 0.0 || norm1 == 0.0 || signed_norm == 0.0) {
      change_d[row] = std::numeric_limits<double>::quiet_NaN();
      return;
    }
    const double inverse1 = std::copysign(1.0 / norm1, signed_norm);
    change_d[row] = kernels_.direction_change(before, delta.row(row), 1.0 / norm0, inverse1, w0.cols);
  });
}

}  // namespace adapter_lab
