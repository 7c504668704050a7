// Sums, biases and column gains.
#include "cpu/cpu_ops.h"

namespace adapter_lab {

void CpuOps::add(Tensor y, Tensor x) {
  for_runs(y.rows, y.cols, y.contiguous() && x.contiguous(), [&](int64_t row, int64_t first, int64_t count) {
    kernels_.add(y.row(row) + first, x.row(row) + first, count);
  });
}

void CpuOps::add_bias(Tensor y, Tensor bias) {
  for_rows(y.rows, y.cols, [&](int64_t row) { kernels_.add(y.row(row), bias.f32(), y.cols); });
}

void CpuOps::bias_backward(Tensor dbias, Tensor dy) {
  for_ranges(dy.cols, kColumnChunk, [&](int64_t first, int64_t count) {
    kernels_.column_sums(dbias.f32() + first, dy.f32() + first, dy.stride, dy.rows, count);
  });
}

void CpuOps::scale_columns(Tensor y, Tensor x, Tensor gain, bool accumulate) {
  const auto kernel = accumulate ? kernels_.multiply_add : kernels_.multiply;
  for_rows(y.rows, 2 * y.cols, [&](int64_t row) { kernel(y.row(row), x.row(row), gain.f32(), y.cols); });
}

}  // namespace adapter_lab
