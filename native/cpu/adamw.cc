// The optimizer: AdamW's step, and the sum of squares that clipping needs.
#include <numeric>
#include <vector>

#include "cpu/cpu_ops.h"
#include "ops/adamw_step.h"

namespace adapter_lab {

double CpuOps::sum_of_squares(std::span<const Tensor> xs) {
  double sum = 0.0;
  for (const Tensor x : xs) sum += squares_of(x);
  return sum;
}

double CpuOps::squares_of(Tensor x) {
  const bool flat = x.contiguous();
  const int64_t rows = flat ? (x.count() + kChunkFloats - 1) / kChunkFloats : x.rows;
  std::vector<double> parts(static_cast<size_t>(rows));
  if (flat)
    for_ranges(x.count(), kChunkFloats, [&](int64_t first, int64_t count) {
      parts[static_cast<size_t>(first / kChunkFloats)] = kernels_.sum_of_squares(x.f32() + first, count);
    });
  else
    for_rows(rows, x.cols,
             [&](int64_t row) { parts[static_cast<size_t>(row)] = kernels_.sum_of_squares(x.row(row), x.cols); });
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

void CpuOps::adamw(std::span<const AdamWTensor> tensors, AdamW options) {
  for (const auto& [parameter, moment1, moment2, gradient, rate] : tensors) {
    const AdamWStep scalars = step_of(options, rate);
    for_ranges(parameter.count(), kChunkFloats,
               [&, p = parameter.f32(), m = moment1.f32(), v = moment2.f32(), g = gradient.f32()](int64_t first,
                                                                                                  int64_t count) {
                 kernels_.adamw(p + first, m + first, v + first, g + first, scalars, count);
               });
  }
}

}  // namespace adapter_lab
