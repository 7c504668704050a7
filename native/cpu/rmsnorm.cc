// RMSNorm: rows are shared out; the weight gradient by columns, so that each sum keeps one order.
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
  for_ranges(x.cols, kColumnChunk, [&](int64_t first, int64_t count) {
    kernels_.column_products(dweight.f32() + first, dy.f32() + first, dy.stride, x.f32() + first, x.stride, rstd.f32(),
                             x.rows, count);
  });
}

}  // namespace adapter_lab
