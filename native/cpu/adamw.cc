// The optimizer: AdamW's step, and the sum of squares that clipping needs.
#include <numeric>
#include <vector>

#include "cpu/cpu_ops.h"
#include "ops/adamw_step.h"

namespace adapter_lab {

double CpuOps::sum_of_squares(Tensor x) {
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

void CpuOps::adamw(Tensor parameter, Tensor moment1, Tensor moment2, Tensor gradient, AdamW options) {
  const AdamWStep scalars = step_of(options);
  for_ranges(parameter.count(), kChunkFloats, [&](int64_t first, int64_t count) {
    kernels_.adamw(parameter.f32() + first, moment1.f32() + first, moment2.f32() + first, gradient.f32() + first,
                   scalars, count);
  });
}

}  // namespace adapter_lab
