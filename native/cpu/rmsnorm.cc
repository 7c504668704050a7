// RMSNorm.
#include "cpu/cpu_ops.h"

namespace adapter_lab {

void CpuOps::rmsnorm_forward(Tensor y, Tensor rstd, Tensor x, Tensor weight, float epsilon) {
  for_rows(x.rows, 2 * x.cols, [&](int64_t row) {
    *rstd.row(row) = kernels_.rmsnorm(y.row(row), x.row(row), weight.f32(), epsilon, x.cols);
  });
}

void CpuOps::rmsnorm_backward(Tensor dx, Tensor dweight, Tensor dy, Tensor x, Tensor weight, Tensor rstd) {
  for_rows(x.rows, 3 * x.cols, [&](int64_t row) {
    kernels_.rmsnorm_backward(dx.row(row), dy.row(row), x.row(row), weight.f32(), *rstd.row(row), x.cols);
  });
  if (dweight.empty()) return;
  sum_columns(x.rows, x.cols, add_to(dweight), [&](float* sums, int64_t row, int64_t count) {
    kernels_.column_products(sums, dy.row(row), dy.stride, x.row(row), x.stride, rstd.row(row), count, x.cols);
  });
}

}  // namespace adapter_lab
