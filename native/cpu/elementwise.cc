// Sums, biases and gains of columns and rows.
#include <cstring>

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
  sum_columns(dy.rows, dy.cols, add_to(dbias), [&](float* sums, int64_t row, int64_t count) {
    kernels_.column_sums(sums, dy.row(row), dy.stride, count, dy.cols);
  });
}

void CpuOps::scale_columns(Tensor y, Tensor x, Tensor gain, bool accumulate) {
  const auto kernel = accumulate ? kernels_.multiply_add : kernels_.multiply;
  for_rows(y.rows, 2 * y.cols, [&](int64_t row) { kernel(y.row(row), x.row(row), gain.f32(), y.cols); });
}

void CpuOps::scale_columns_backward(Tensor dgain, Tensor dy, Tensor x) {
  sum_columns(dy.rows, dy.cols, add_to(dgain), [&](float* sums, int64_t row, int64_t count) {
    kernels_.column_products(sums, dy.row(row), dy.stride, x.row(row), x.stride, nullptr, count, dy.cols);
  });
}

void CpuOps::scale_rows(Tensor y, Tensor x, Tensor gain) {
  for_rows(y.rows, 2 * y.cols, [&](int64_t row) {
    if (y.row(row) != x.row(row)) std::memcpy(y.row(row), x.row(row), static_cast<size_t>(y.cols) * sizeof(float));
    kernels_.scale(y.row(row), gain.f32()[row], y.cols);
  });
}

void CpuOps::scale_rows_backward(Tensor dgain, Tensor dy, Tensor x) {
  for_rows(dy.rows, 2 * dy.cols,
           [&](int64_t row) { dgain.f32()[row] += kernels_.dot(dy.row(row), x.row(row), dy.cols); });
}

}  // namespace adapter_lab
